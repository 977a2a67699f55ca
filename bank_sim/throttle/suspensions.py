"""Who is served nothing for a while, because they went on calling when they were told to wait (JR/T 0185 10.1.2 a 1).

The last step of the ladder. It ends by itself, or by the staff; it is not the suspension of an application, which is a
standing of its own and ends by no clock. Every worker sees it at its next call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS quota_suspensions (
    app_id TEXT PRIMARY KEY,
    since_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    quota TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quota_strikes (
    app_id TEXT NOT NULL,
    minute INTEGER NOT NULL,
    PRIMARY KEY (app_id, minute)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Suspension:
    """``quota``: the limit that was exceeded again and again, as its name stands in headers."""

    app_id: str
    since_ms: int
    until_ms: int
    quota: str


class Suspensions:
    """All of them, kept in memory under the number that ``generation`` says."""

    def __init__(self, store: Store, generation: Callable[[], int]) -> None:
        self._store = store
        self._generation = generation
        self._kept: dict[str, Suspension] = {}
        self._kept_under = -1
        self._struck: dict[str, int] = {}

    def of(self, app_id: str, now_ms: int) -> Suspension | None:
        """The one in force."""
        if (number := self._generation()) != self._kept_under:
            rows = self._store.read("SELECT app_id, since_ms, until_ms, quota FROM quota_suspensions")
            self._kept, self._kept_under = {row[0]: Suspension(*row) for row in rows}, number
        found = self._kept.get(app_id)
        return found if found is not None and found.since_ms <= now_ms < found.until_ms else None

    def struck(self, app_id: str, minute: int) -> bool:
        """Whether this process knows already that this minute saw a refusal of this application."""
        known = self._struck.get(app_id) == minute
        self._struck[app_id] = minute
        return known

    def strike(self, db: Transaction, app_id: str, minute: int, within: int) -> int:
        """Note that a minute saw a refusal, in the caller's transaction; how many of the last ``within`` did."""
        first = minute - within + 1
        db.execute("INSERT INTO quota_strikes VALUES (?, ?) ON CONFLICT DO NOTHING", (app_id, minute))
        db.execute("DELETE FROM quota_strikes WHERE app_id = ? AND minute NOT BETWEEN ? AND ?", (app_id, first, minute))
        return int(db.execute("SELECT count(*) FROM quota_strikes WHERE app_id = ?", (app_id,)).fetchone()[0])

    def begin(self, db: Transaction, suspension: Suspension) -> bool:
        """In the caller's transaction, whose commit a new generation follows. False where one is in force already.

        The strikes that led to it are forgiven: whoever comes back begins anew.
        """
        db.execute("DELETE FROM quota_strikes WHERE app_id = ?", (suspension.app_id,))
        begun = db.execute(
            "INSERT INTO quota_suspensions VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET since_ms = ?2,"
            " until_ms = ?3, quota = ?4 WHERE until_ms <= ?2 OR since_ms > ?2",
            (suspension.app_id, suspension.since_ms, suspension.until_ms, suspension.quota),
        )
        return begun.rowcount == 1

    def release(self, db: Transaction, app_id: str, now_ms: int) -> None:
        """End one before its time, in the caller's transaction. STATE_CHANGED where none is in force."""
        db.execute("DELETE FROM quota_strikes WHERE app_id = ?", (app_id,))
        ended = db.execute(
            "DELETE FROM quota_suspensions WHERE app_id = ?1 AND since_ms <= ?2 AND ?2 < until_ms", (app_id, now_ms)
        )
        if ended.rowcount != 1:
            raise problems.STATE_CHANGED.problem()
