"""The line to the bank: the SDK's client for as long as its keys are in force, and what every question passes.

1. ``waits``: who was told by the bank to wait is not asked for again before;
2. ``retrying``: what may be repeated without harm, and is worth it, is repeated after a while;
3. ``breakers``: an interface that does not answer is spared, and so is whoever would wait for it in vain;
4. ``berths``: an interface that is slow holds up so many at once and no more.

It knows no interface of the bank.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from app_sim.bank.settings import bank_settings, client_keys
from app_sim.bank.sparing import SPARING
from app_sim.bank.training import Training
from app_sim.berths import BerthPolicy, Berths, Crowded
from app_sim.breaker import BreakerPolicy, Breakers, BreakerState, Heed, Judgement, Outage, Resting
from app_sim.config import AppConfig
from app_sim.retrying import Patience, Retrying
from app_sim.vault import Vault, write_private
from app_sim.waits import Waits
from bank_sim.sdk.clock import Clock, FollowingClock
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.receipts import Receipt
from bank_sim.sdk.server import Answer, BankCall, BankClient
from bank_sim.sdk.tracing import Tracing, untraced

Result = TypeVar("Result")

TRANSACTIONS = "transactions"
"""The breaker of all payments together, whatever interface they fail at."""

_POLICIES = {TRANSACTIONS: BreakerPolicy(calls_min=5, failures_min=5, failure_rate=0.2)}
_WORTH_REPEATING = frozenset(
    {problems.RATE_LIMITED, problems.QUOTA_EXCEEDED, problems.CONCURRENCY_LIMIT, problems.SERVICE_UNAVAILABLE}
)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a line is connected to beside its settings.

    ``observe``    is told of every message sent
    ``heed``       is told of every breaker that opens, closes, or dares to ask again
    ``transport``  takes the wire's place; its owner closes it
    ``sleep``      lets so many seconds pass between two tries
    ``keep_receipt``  is handed each message that moves money, with the bank's answer
    """

    observe: Callable[[BankCall], None]
    heed: Heed
    sleep: Callable[[float], None]
    transport: httpx.BaseTransport | None = None
    tracing: Tracing = untraced
    keep_receipt: Callable[[Receipt], None] | None = None


class Line:
    """One application's connection to one bank. Threads share it."""

    def __init__(self, config: AppConfig, vault: Vault, clock: Clock, wiring: Wiring) -> None:
        self._config = config
        self._vault = vault
        self._clock = clock
        self._wiring = wiring
        self.training = Training(config, clock)
        self._keeping = threading.Lock()
        self._client = self._open_client()
        self._former: BankClient | None = None
        if isinstance(clock, FollowingClock):
            clock.on_restored = self.reload
        self.breakers = Breakers(BreakerPolicy(), clock.now_s, wiring.heed, _POLICIES, self._rest)
        self.berths = Berths(BerthPolicy())
        self.retrying = Retrying(Patience(), wiring.sleep)
        self.waits = Waits(clock.now_s)

    def reload(self) -> None:
        """Read keys, membership and pins from the disk again, as after a rotation or a return to a snapshot.

        Calls under way end on the client that they began with, which is closed the next time.
        """
        former, self._former, self._client = self._former, self._client, self._open_client()
        self._close(former)

    def past(self) -> int | None:
        """Another number once the sandbox was put back to a snapshot: what was begun before is of no use after."""
        self._clock.refresh()
        return self._clock.epoch if isinstance(self._clock, FollowingClock) else None

    def outage(self) -> Outage | None:
        """What does not answer at present; None while all that was asked for does."""
        return self.breakers.outage()

    def close(self) -> None:
        self._close(self._former)
        self._client.close()

    @property
    def app_id(self) -> str:
        return self._client.oauth.app_id

    def _open_client(self, *, shows_certificate: bool = True) -> BankClient:
        config, vault, wiring = self._config, self._vault, self._wiring
        settings = bank_settings(config, vault)
        if not shows_certificate:
            settings = replace(settings, client_certificate=None)
        transport = wiring.transport or self.training.transport(settings)
        return BankClient(
            settings, client_keys(config, vault), self._clock, transport, wiring.observe, self._keep_bank_keys,
            wiring.tracing, self.training.left_out, wiring.keep_receipt,
        )  # fmt: skip

    def _close(self, client: BankClient | None) -> None:
        """A transport that was handed in is shared by all clients, and its owner's to close."""
        if client is not None and self._wiring.transport is None:
            client.close()

    def _keep_bank_keys(self, document: dict[str, Any]) -> None:
        """The bank has changed its keys, and vouched for it: the pins of the next start."""
        with self._keeping:
            membership = json.loads(self._config.membership.read_bytes()) | {"bank_jwks": document}
            write_private(self._config.membership, json.dumps(membership, indent=2).encode())

    def _call(self, api_id: str, method: str, path: str, **how: Any) -> Answer:
        """Call an interface. What reads, or bears an idempotency key, is worth repeating."""
        again = method == "GET" or how.get("idempotency_key") is not None
        who = how.get("token") or ""
        return self._ask(api_id, lambda: self._client.call(api_id, method, path, **how), who=who, again=again)

    def _ask(self, name: str, ask: Callable[[], Result], *, who: str = "", again: bool = False) -> Result:
        """Ask by the rules above. ``who``: whom a word to wait concerns beside the interface, such as a token.

        SERVICE_UNAVAILABLE, and nothing sent, while the interface rests (``next_probe_s``) or too many ask it at once;
        the bank's own refusal, and nothing sent, while its word to wait holds. RESULT_UNKNOWN is never repeated here:
        what became of it is for a query to say.
        """

        def once() -> Result:
            self._require_no_wait(name, who)
            return self.breakers.of(name).run(lambda: self.berths.run(name, ask), _answered)

        try:
            return self.retrying.run(name, once, _worth_waiting_s) if again else once()
        except Resting as resting:
            raise _unasked(resting.state) from None
        except Crowded:
            raise problems.SERVICE_UNAVAILABLE.problem(
                "Too many wait for this answer of the bank already.", retry_after_s=1
            ) from None
        except Problem as problem:
            self._heed_wait(name, who, problem)
            raise

    def _rest(self, state: BreakerState) -> None:
        SPARING.run(state, "asking", self.training.left_out())

    def _require_no_wait(self, name: str, who: str) -> None:
        wait = self.waits.of(name, who)
        if wait is not None:
            kind = problems.CATALOGUE.get(wait.why, problems.RATE_LIMITED)
            raise kind.problem("The bank has asked the wallet to wait.", retry_after_s=wait.rest_s, told_before=True)

    def _heed_wait(self, name: str, who: str, problem: Problem) -> None:
        """Believe a word to wait only when the bank has signed it: anybody could silence the wallet else."""
        told = problem.members.get("retry_after_s")
        is_new = problem.members.get("trusted") and problem.kind.status == HTTPStatus.TOO_MANY_REQUESTS
        if is_new and isinstance(told, int | float) and told > 0:
            self.waits.note(name, who, problem.code, float(told))


def _answered(error: Exception) -> Judgement:
    """A refusal is an answer too, unless it says that none came, that it is not the bank's, or that the bank failed.

    What was not sent says nothing.
    """
    if not isinstance(error, Problem) or error.members.get("told_before"):
        return None
    return error.kind.status < HTTPStatus.INTERNAL_SERVER_ERROR


def _worth_waiting_s(error: Exception) -> float | None:
    """How long to wait at least before the same question is worth asking again; None: it is not."""
    if not isinstance(error, Problem) or error.kind not in _WORTH_REPEATING or "told_before" in error.members:
        return None
    told = error.members.get("retry_after_s", 0)
    return float(told) if isinstance(told, int | float) and told >= 0 else 0.0


def _unasked(state: BreakerState) -> Problem:
    return problems.SERVICE_UNAVAILABLE.problem(
        "The bank has not been answering, so the wallet rests from asking it for a moment.",
        next_probe_s=state.next_probe_s,
    )
