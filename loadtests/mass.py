"""A rehearsal of mass and accident: many transfers from many threads, and a worker of the bank killed in the middle.

The application does what a careful one does: when an answer is lost it sends the same order again under the same
Idempotency-Key, until it has a definite answer. What became of the money, the bank's books must tell.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import Answer
from loadtests.application import LoadApplication, payee_account
from loadtests.servers import descendants, workers_at
from scenarios.world import World
from user_sim.people import Person

AMOUNT = "0.01"
_NO_ANSWER = frozenset({"RESULT_UNKNOWN", "SERVICE_UNAVAILABLE"})
_REPETITIONS_MAX = 20
_PAUSE_S = 0.05


class NoDefiniteAnswer(Exception):
    """The bank did not say what became of an order, however often it was asked."""


@dataclass
class Rehearsal:
    """What the application knows at the end.

    ``acknowledged``   transfer_id -> the bank's serial number, for each execution that the bank confirmed
    ``repetitions``    how often an order was sent again because its answer was lost, beyond what the SDK did itself
    ``killed``         the worker that was killed, and ``successor`` the one that took its place
    """

    acknowledged: dict[str, str] = field(default_factory=dict)
    repetitions: int = 0
    killed: int | None = None
    successor: int | None = None


def rehearse(
    world: World, application: LoadApplication, payer: Person, payee: Person, *, transfers: int = 200, threads: int = 16
) -> Rehearsal:
    """Order and execute the transfers; kill the busiest gateway worker once half of them are acknowledged."""
    number = payee_account(world, payee)
    token = application.ask_for_accounts(payer).access_token
    account_ref = application.account_ref(token)
    payment_token = application.ask_for_standing_payment(payer, number, payee.name).access_token
    crowd = _Crowd(world, application, token, payment_token, account_ref, number, payee.name, transfers // 2)
    with ThreadPoolExecutor(threads, thread_name_prefix="payer") as pool:
        for done in [pool.submit(crowd.transfer, number) for number in range(transfers)]:
            done.result()
    crowd.await_successor()
    return crowd.rehearsal


@dataclass
class _Crowd:
    """What the threads share."""

    world: World
    application: LoadApplication
    token: str
    payment_token: str
    account_ref: str
    payee_number: str
    payee_name: str
    kill_after: int
    rehearsal: Rehearsal = field(default_factory=Rehearsal)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._bank = next(each for each in self.world.parties if each.party.name == "bank").pid
        self._first_workers = descendants(self._bank)

    def transfer(self, number: int) -> None:
        """One transfer from order to acknowledgement."""
        client, order_no = self.application.client, f"M{number:08}"
        created = self._definite(
            lambda: client.call(
                "transfers.create",
                "POST",
                "/api/transfers",
                body={
                    "order_no": order_no,
                    "debtor_account_ref": self.account_ref,
                    "amount": AMOUNT,
                    "currency": "CNY",
                },
                sealed={"creditor_account": self.payee_number, "creditor_name": self.payee_name},
                token=self.token,
                idempotency_key=f"create-{order_no}",
            )
        )
        transfer_id = created.data["transfer_id"]
        executed = self._definite(
            lambda: client.call(
                "transfers.execute",
                "POST",
                f"/api/transfers/{transfer_id}/execute",
                body={"amount": AMOUNT},
                token=self.payment_token,
                idempotency_key=f"execute-{order_no}",
            )
        )
        self._acknowledge(transfer_id, executed.data["serial"])

    def await_successor(self, patience_s: float = 10.0) -> None:
        """Wait for the supervisor to put a new worker in the killed one's place."""
        deadline = time.monotonic() + patience_s
        while self.rehearsal.killed and not self.rehearsal.successor and time.monotonic() < deadline:
            new = descendants(self._bank) - self._first_workers
            self.rehearsal.successor = next(iter(new), None)
            time.sleep(_PAUSE_S)

    def _definite(self, call: Callable[[], Answer]) -> Answer:
        """Repeat the same intent until the bank answers it; any refusal of the bank is definite and raised."""
        for _ in range(_REPETITIONS_MAX):
            try:
                return call()
            except Problem as problem:
                if problem.code not in _NO_ANSWER:
                    raise
            with self.lock:
                self.rehearsal.repetitions += 1
            time.sleep(_PAUSE_S)
        raise NoDefiniteAnswer(f"none after {_REPETITIONS_MAX} repetitions")

    def _acknowledge(self, transfer_id: str, serial: str) -> None:
        with self.lock:
            self.rehearsal.acknowledged[transfer_id] = serial
            if self.rehearsal.killed is None and len(self.rehearsal.acknowledged) >= self.kill_after:
                self.rehearsal.killed = self._kill_busiest()

    def _kill_busiest(self) -> int:
        port = int(self.world.addresses.gateway.rpartition(":")[2])
        busiest = workers_at(self._bank, port)[0]
        os.kill(busiest, signal.SIGKILL)
        return busiest
