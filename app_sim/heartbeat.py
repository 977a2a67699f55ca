"""The probe: one harmless question a while, so that a silent bank is noticed before users meet it (JR/T 0185 10.1.1 b).

It asks for public rates and keeps nothing of the answer. Off until an operator sets its rhythm: in a sandbox every
message is on show, and none should be there that nobody meant. Whether it still beats is seen from outside: a beat
that is three times overdue is reported by whoever looks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app_sim.bank import Bank, Problem
from app_sim.offers import rates
from app_sim.store import Store
from app_sim.tickets import Tickets

SCHEMA = """
CREATE TABLE IF NOT EXISTS heartbeat (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    every_s INTEGER NOT NULL,
    set_by TEXT NOT NULL,
    set_ms INTEGER NOT NULL,
    beaten_ms INTEGER,
    answered_ms INTEGER,
    code TEXT
) STRICT;
"""

RHYTHMS_S = (0, 60, 300)
"""What an operator may set; 0: no probe."""

_OVERDUE = 3


@dataclass(frozen=True, slots=True)
class Beat:
    """``every_s`` 0: off. ``beaten_ms``: the last probe; ``answered_ms``: the last one that was answered; ``code``: why
    the last one was not."""

    every_s: int
    set_by: str
    set_ms: int
    beaten_ms: int | None
    answered_ms: int | None
    code: str | None

    def is_due(self, now_ms: int) -> bool:
        """A clock that was set back makes it due."""
        return self.every_s > 0 and not 0 <= now_ms - (self.beaten_ms or 0) < self.every_s * 1000

    def is_overdue(self, now_ms: int) -> bool:
        last_ms = max(self.beaten_ms or 0, self.set_ms)
        return self.every_s > 0 and now_ms - last_ms > _OVERDUE * self.every_s * 1000


class Heartbeat:
    """One process beats; whoever serves a page may look."""

    def __init__(self, store: Store, bank: Bank, tickets: Tickets, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._bank = bank
        self._tickets = tickets
        self._now_ms = now_ms

    def state(self) -> Beat | None:
        """None: nobody has ever set it. A beat that is overdue is reported, once."""
        beat = self._state()
        if beat is not None and beat.is_overdue(self._now_ms()) and not self._tickets.subjects("watch_stopped"):
            self._tickets.report("watch_stopped", "heartbeat")
        return beat

    def set(self, every_s: int, who: str) -> None:
        with self._store.write() as db:
            db.execute(
                "INSERT INTO heartbeat (only_one, every_s, set_by, set_ms) VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET every_s = excluded.every_s, set_by = excluded.set_by, set_ms = excluded.set_ms",
                (every_s, who, self._now_ms()),
            )

    def is_set(self) -> bool:
        beat = self._state()
        return beat is not None and beat.every_s > 0

    def run_due(self) -> None:
        """Probe if it is time to."""
        beat = self._state()
        if beat is not None and beat.is_due(self._now_ms()):
            self.beat()

    def beat(self) -> None:
        """Probe now. What comes of it is the breaker's to count, as with every call, and stands on the page."""
        code = None
        try:
            rates(self._bank)
        except Problem as problem:
            code = problem.code
        now_ms = self._now_ms()
        with self._store.write(outlasts_power_cut=False) as db:
            db.execute(
                "INSERT INTO heartbeat (only_one, every_s, set_by, set_ms, beaten_ms, answered_ms, code)"
                " VALUES (1, 0, '', ?, ?, ?, ?) ON CONFLICT DO UPDATE SET beaten_ms = excluded.beaten_ms,"
                " answered_ms = ifnull(excluded.answered_ms, answered_ms), code = excluded.code",
                (now_ms, now_ms, None if code else now_ms, code),
            )
        self._tickets.over("watch_stopped", "heartbeat")

    def _state(self) -> Beat | None:
        row = self._store.row("SELECT every_s, set_by, set_ms, beaten_ms, answered_ms, code FROM heartbeat")
        return None if row is None else Beat(*row)
