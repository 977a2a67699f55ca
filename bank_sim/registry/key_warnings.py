"""Applications are warned before their credentials end (JR/T 0185 7.3.4): an event at each of the policy's days, once.

One that has a successor is not warned about: it is meant to end, and an event says when it has. Client certificates
are credentials like keys; their fingerprint names them.
"""

from __future__ import annotations

from bank_sim.events import Events
from bank_sim.keys.ring import Read
from bank_sim.policy import Policy
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS key_warnings (
    keyid TEXT NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (keyid, days)
) STRICT, WITHOUT ROWID;
"""

_DAY_MS = 86_400_000
_ENDED = 0
_ENDING = (
    "SELECT keyid, c.app_id, use, c.status, not_after_ms,"
    " (SELECT min(days) FROM key_warnings w WHERE w.keyid = c.keyid) FROM ("
    " SELECT keyid, app_id, use, status, not_after_ms FROM application_keys WHERE status <> 'revoked'"
    " UNION ALL SELECT sha256, app_id, 'certificate', 'active', not_after_ms FROM issued_certificates"
    " WHERE sha256 NOT IN (SELECT sha256 FROM ended_certificates)"
    " UNION ALL SELECT sha256, app_id, 'certificate', 'superseded', until_ms FROM ended_certificates"
    " WHERE state = 'superseded'"
    ") c JOIN applications a ON a.app_id = c.app_id AND a.status <> 'exited' WHERE not_after_ms <= ?"
)


class KeyWarnings:
    """Warns of all applications' credentials. ``perform`` is a duty."""

    def __init__(self, policy: Policy, events: Events) -> None:
        self._days = tuple(sorted(policy.key_warnings_days))
        self._events = events

    def perform(self, store: Store, now_ms: int) -> None:
        """Warn of what ends soon, and tell of what has ended after being superseded."""
        if not self._due(store.read, now_ms):
            return
        with store.write() as db:
            for keyid, app_id, use, status, not_after_ms, days in self._due(_in(db), now_ms):
                db.execute("INSERT INTO key_warnings (keyid, days) VALUES (?, ?)", (keyid, days))
                if status == "superseded":
                    self._events.publish(db, app_id, "key.retired", keyid, {"holder": "application", "use": use})
                    continue
                said: dict[str, str | int] = {"notice": "key_expiring", "use": use, "days": days}
                said["not_after_ms"] = not_after_ms
                self._events.publish(db, app_id, "application.notice", keyid, said)

    def _due(self, read: Read, now_ms: int) -> list[tuple[str, str, str, str, int, int]]:
        """Name, application, use, status, end, and the warning that is due: the last one only, if time has leapt."""
        found: list[tuple[str, str, str, str, int, int]] = []
        rows = read(_ENDING, (now_ms + self._days[-1] * _DAY_MS,))
        for keyid, app_id, use, status, not_after_ms, warned in rows:
            left_ms = not_after_ms - now_ms
            if status == "superseded":
                days = _ENDED if left_ms <= 0 else None
            else:
                days = next((each for each in self._days if left_ms <= each * _DAY_MS), None) if left_ms > 0 else None
            if days is not None and (warned is None or days < warned):
                found.append((keyid, app_id, use, status, not_after_ms, days))
        return found


def _in(db: Transaction) -> Read:
    return lambda sql, parameters: db.execute(sql, parameters).fetchall()
