"""A crowd at the gateway's door: messages made beforehand, sent on many connections at the same moment.

The connections spread over the workers as the system hands them out; each worker takes one a turn.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from loadtests.application import LoadApplication, payee_account
from loadtests.volley import Job, Outcome, fire
from scenarios.world import World
from user_sim.people import Person

AMOUNT = "0.01"
AMOUNT_FEN = 1
_DEADLINE_S = 60.0
_RENEW_S = 200.0


@dataclass(frozen=True, slots=True)
class Check:
    """``asked`` and ``found`` as people read them."""

    name: str
    asked: str
    found: str
    holds: bool


@dataclass(slots=True)
class Rush:
    """One application with one payer and one payee. ``sent`` counts its messages to published interfaces."""

    world: World
    application: LoadApplication
    payer: Person
    payee: Person
    connections: int
    sent: int = 0
    token: str = field(default="", repr=False)
    payment_token: str = field(default="", repr=False)
    paying_since_s: float = 0.0
    account_ref: str = ""
    payee_number: str = ""

    def begin(self) -> None:
        """The payer lets the application see the accounts and order transfers."""
        self.token = self.application.ask_for_accounts(self.payer).access_token
        self.account_ref = self.application.account_ref(self.token)
        self.payee_number = payee_account(self.world, self.payee)
        self.sent += 1

    def job(self, requests: Sequence[bytes]) -> Job:
        return Job(
            port=int(self.world.addresses.gateway.rpartition(":")[2]),
            ca_certificate=str(self.world.authority),
            connections=self.connections,
            requests=list(requests),
            deadline_s=_DEADLINE_S,
            keep_bodies=True,
        )

    def at_once(self, requests: Sequence[bytes]) -> Outcome:
        """All of them, as many at the same moment as there are connections."""
        outcome = fire(self.job(requests))
        self.sent += len(requests)
        return outcome

    def ordered(self, prefix: str, count: int) -> list[str]:
        """So many transfers, ordered and not executed: their ids."""
        sealed = {"creditor_account": self.payee_number, "creditor_name": self.payee.name}
        order = {"debtor_account_ref": self.account_ref, "amount": AMOUNT, "currency": "CNY"}
        bodies = [{"order_no": f"{prefix}{number:07}", **order} for number in range(count)]
        make, token = self.application.presigner.order, self.token
        outcome = self.at_once([make("transfers.create", "/api/transfers", token, each, sealed) for each in bodies])
        return [str(read(each)["transfer_id"]) for each in outcome.bodies]

    def executions(self, transfer_ids: Sequence[str], idempotency_key: str | None = None) -> list[bytes]:
        """A message for each, under the payer's standing order."""
        token = self._paying()
        return [
            self.application.presigner.order(
                "transfers.execute",
                f"/api/transfers/{each}/execute",
                token,
                {"amount": AMOUNT},
                idempotency_key=idempotency_key,
            )
            for each in transfer_ids
        ]

    def _paying(self) -> str:
        """A token that moves money; it lives for five minutes, and the payer is asked again before."""
        now_s = time.monotonic()
        if not self.payment_token or now_s - self.paying_since_s > _RENEW_S:
            asked = self.application.ask_for_standing_payment(self.payer, self.payee_number, self.payee.name)
            self.payment_token, self.paying_since_s = asked.access_token, now_s
        return self.payment_token


def read(body: bytes) -> dict[str, Any]:
    return msgspec.json.decode(body, type=dict[str, Any])


def codes(outcome: Outcome) -> Counter[str]:
    """Answers by code: of a refusal the bank's or OAuth's, ``served`` for all others."""
    answers = [read(each) for each in outcome.bodies]
    return Counter(str(each.get("code") or each.get("error") or "served") for each in answers)


def told(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted.most_common())
