"""The wallet's eye on its own calls: what is reported as a ticket, and the probe that looks when nobody asks.

It is told of every call and of every breaker that turns, and is called as time passes. It sees interfaces and codes,
never contents, and stands beside the calls: whatever fails in here, no call fails for it (JR/T 0185 10.1.1 b,
10.1.2 b 2).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from app_sim.bank import TRANSACTIONS, BankCall, problems
from app_sim.breaker import BreakerState
from app_sim.orderbook import OrderBook
from app_sim.tickets import Tickets

_PROOFS = frozenset(
    {
        "ANSWER_UNSIGNED", "BANK_IDENTITY_INVALID", "DIGEST_MISMATCH", "KEY_SET_UNTRUSTED", "LOG_TAMPERED",
        "RESPONSE_BINDING_FAILED", "SIGNATURE_INVALID", "TIMESTAMP_EXPIRED",
    }
)  # fmt: skip
"""What says that a proof did not hold: of the bank's answer, or, says the bank, of our message."""

_BURST, _BURST_S = 10, 60.0
_UNKNOWN_MS = 300_000
_log = logging.getLogger("wallet.watch")


class Watch:
    """Threads share it."""

    def __init__(self, tickets: Tickets, book: OrderBook, now_s: Callable[[], float]) -> None:
        self._tickets = tickets
        self._book = book
        self._now_s = now_s
        self._lock = threading.Lock()
        self._refused: dict[str, deque[float]] = {}

    def called(self, call: BankCall) -> None:
        """One message was sent, and this came of it."""
        if call.code is None:
            return
        with _standing_beside():
            kind = problems.CATALOGUE.get(call.code)
            if call.code in _PROOFS:
                self._tickets.report("proof_failed", call.api_id, call.code)
            elif kind is not None and kind.status == HTTPStatus.TOO_MANY_REQUESTS:
                self._tickets.report("asked_to_wait", call.api_id, call.code)
            # Of calls that were not answered at all the breaker takes care.
            if kind is not None and kind.status < HTTPStatus.INTERNAL_SERVER_ERROR and self._is_burst(call.api_id):
                self._tickets.report("error_burst", call.api_id, call.code)

    def turned(self, name: str, state: BreakerState) -> None:
        """A breaker has opened, closed, or dares to ask again."""
        rule = "payments_paused" if name == TRANSACTIONS else "breaker_open"
        with _standing_beside():
            if state.condition == "open":
                self._tickets.report(rule, name)
            elif state.condition == "closed":
                self._tickets.over(rule, name)

    def storm(self, user_id: str) -> None:
        """A user, or an address without one, was refused for asking too often."""
        with _standing_beside():
            self._tickets.report("user_storm", user_id, problems.RATE_LIMITED.code)

    def has_to_look(self) -> bool:
        """Whether ``look`` could find anything."""
        return self._tickets.any_open() or bool(self._book.unsettled())

    def look(self) -> None:
        """As time passes: payments whose result stays unknown, tickets that nobody tends."""
        with _standing_beside():
            now_ms = self._now_s() * 1000
            unknown = {each.order_no for each in self._book.unsettled() if each.updated_ms < now_ms - _UNKNOWN_MS}
            reported = self._tickets.subjects("result_unknown")
            for order_no in unknown - reported:
                self._tickets.report("result_unknown", order_no)
            for order_no in reported - {each.order_no for each in self._book.unsettled()}:
                self._tickets.over("result_unknown", order_no)
            self._tickets.escalate()

    def _is_burst(self, api_id: str) -> bool:
        """Whether this refusal completes a burst; the next one then begins from nothing."""
        now_s = self._now_s()
        with self._lock:
            refused = self._refused.setdefault(api_id, deque(maxlen=_BURST))
            refused.append(now_s)
            if len(refused) < _BURST or not 0 <= now_s - refused[0] <= _BURST_S:
                return False
            refused.clear()
            return True


@contextmanager
def _standing_beside() -> Iterator[None]:
    """A disk that is full must not take a call with it that was answered."""
    try:
        yield
    except sqlite3.Error as error:
        _log.error("not reported: %s", type(error).__name__)
