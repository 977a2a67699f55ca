"""What the wallet hands in when the bank looks into an incident: its log of calls to the bank, signed (10.5, 12.3).

It tells of calls by the trace id that both sides have, of no user and of no account. It says what the log says; a log
that was changed will not agree with the bank's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app_sim.bank import Bank, Logged, Problem
from app_sim.store import Store

# The two clocks differ by a moment, and answers come later than calls.
_MARGIN_MS = 5_000
_CALLS_MAX = 250
_NOTHING_LEFT_TO_SAY = frozenset({"STATE_CHANGED", "RESOURCE_NOT_FOUND"})
# The bank's public keys are fetched by no application in particular.
_CALLS = (
    "SELECT trace_id, api_id, code FROM journal WHERE kind = 'call' AND api_id <> 'bank.keys' AND at_ms BETWEEN ? AND ?"
)


class Evidence:
    """The wallet's log, as it hands it in."""

    def __init__(self, store: Store, bank: Bank) -> None:
        self._store = store
        self._bank = bank

    def hand_in(self, request_id: str, asked: Mapping[str, Any]) -> None:
        """Answer a request of the bank's: ``from_at``, ``to_at``, the time it is about (seconds since 1970)."""
        times = (asked["from_at"] * 1000 - _MARGIN_MS, asked["to_at"] * 1000 + _MARGIN_MS)
        answered = self._store.read(
            f"{_CALLS} AND trace_id IS NOT NULL ORDER BY seq DESC LIMIT ?",
            (*times, _CALLS_MAX),
        )
        calls = [Logged(row["trace_id"], row["api_id"], row["code"]) for row in reversed(answered)]
        unanswered = len(self._store.read(f"{_CALLS} AND trace_id IS NULL", times))
        try:
            self._bank.hand_in_evidence(request_id, calls, unanswered)
        except Problem as problem:
            # The event came twice, or the bank was put back to before it asked.
            if problem.code not in _NOTHING_LEFT_TO_SAY:
                raise
