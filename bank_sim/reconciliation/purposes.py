"""For what the bank has agreed to give an application more than it gives to all (JR/T 0185 7.2.2-3.2.3).

A purpose is granted by two people of the staff and withdrawn by one; what was granted, by whom and why stays on record.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.clock import Clock
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS purpose_grants (
    grant_id INTEGER PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES applications,
    purpose TEXT NOT NULL,
    granted_ms INTEGER NOT NULL,
    granted_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_ms INTEGER,
    withdrawn_by TEXT,
    withdrawn_reason TEXT,
    CHECK ((withdrawn_ms IS NULL) = (withdrawn_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS purpose_grants_standing ON purpose_grants (app_id, purpose)
    WHERE withdrawn_ms IS NULL;
"""

RECONCILIATION = "reconciliation"
"""Full account numbers in reconciliation files."""


@dataclass(frozen=True, slots=True)
class PurposeGrant:
    """``withdrawn_…``: None while it stands."""

    app_id: str
    purpose: str
    granted_ms: int
    granted_by: str
    reason: str
    withdrawn_ms: int | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


class Purposes:
    """Read at each call, so that a withdrawal is in force at once in every worker."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def granted(self, app_id: str, purpose: str) -> bool:
        sql = "SELECT 1 FROM purpose_grants WHERE app_id = ? AND purpose = ? AND withdrawn_ms IS NULL"
        return bool(self._store.read(sql, (app_id, purpose)))

    def require(self, app_id: str, purpose: str) -> None:
        """PURPOSE_NOT_GRANTED."""
        if not self.granted(app_id, purpose):
            raise problems.PURPOSE_NOT_GRANTED.problem()

    def grant(self, db: Transaction, app_id: str, purpose: str, *, by: str, reason: str) -> None:
        """STATE_CHANGED where it is granted already."""
        if self.granted(app_id, purpose):
            raise problems.STATE_CHANGED.problem()
        db.execute(
            "INSERT INTO purpose_grants (app_id, purpose, granted_ms, granted_by, reason) VALUES (?, ?, ?, ?, ?)",
            (app_id, purpose, self._clock.now_ms(), by, reason),
        )

    def withdraw(self, db: Transaction, app_id: str, purpose: str, *, by: str, reason: str) -> None:
        """STATE_CHANGED where it is not granted."""
        ended = db.execute(
            "UPDATE purpose_grants SET withdrawn_ms = ?, withdrawn_by = ?, withdrawn_reason = ?"
            " WHERE app_id = ? AND purpose = ? AND withdrawn_ms IS NULL",
            (self._clock.now_ms(), by, reason, app_id, purpose),
        )
        if ended.rowcount != 1:
            raise problems.STATE_CHANGED.problem()

    def history(self, app_id: str) -> list[PurposeGrant]:
        """All that was ever granted to an application, the newest first."""
        rows = self._store.read(
            "SELECT app_id, purpose, granted_ms, granted_by, reason, withdrawn_ms, withdrawn_by, withdrawn_reason"
            " FROM purpose_grants WHERE app_id = ? ORDER BY grant_id DESC",
            (app_id,),
        )
        return [PurposeGrant(*row) for row in rows]
