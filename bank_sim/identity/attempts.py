"""How often something was tried, and when it must rest: logins by name and by source, codes sent by customer.

An attempt is claimed *before* it is judged, in its own short transaction, so that parallel guesses cannot pass
together what none of them may pass alone. Subjects are kept as digests: people type passwords into name fields.
"""

from __future__ import annotations

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.sdk.protocol.suites import digest

SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
  subject_sm3 BLOB PRIMARY KEY, count INTEGER NOT NULL, until_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attempts_by_end ON attempts (until_s);
"""


class Attempts:
    """Counters on the virtual clock; every method runs inside the caller's write transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def claim(self, db: Database, subject: str, limit: int, window_s: int) -> int:
        """Count one attempt. Returns how many are left, or -1 when it is one too many and must not be judged.

        The window starts with the first attempt and anew with the last one allowed: whoever uses them up rests
        for a whole ``window_s``.
        """
        subject_sm3 = digest("gm", subject.encode())
        now_s = int(self._clock.now_s())
        # Whoever tries under ever new names must not fill the bank's disk.
        db.execute("DELETE FROM attempts WHERE until_s <= ?", (now_s,))
        found = db.execute("SELECT count, until_s FROM attempts WHERE subject_sm3 = ?", (subject_sm3,)).fetchone()
        count, until_s = found or (0, now_s + window_s)
        if count >= limit:
            return -1
        count += 1
        if count == limit:
            until_s = now_s + window_s
        db.execute(
            "INSERT INTO attempts VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET count = excluded.count, until_s = excluded.until_s",
            (subject_sm3, count, until_s),
        )
        return limit - count

    def rest_s(self, db: Database, subject: str) -> int:
        """Seconds until the subject's window ends; 0 when it has none."""
        found = db.execute(
            "SELECT until_s FROM attempts WHERE subject_sm3 = ?", (digest("gm", subject.encode()),)
        ).fetchone()
        return max(0, found[0] - int(self._clock.now_s())) if found else 0

    def used_up_s(self, db: Database, subject: str, limit: int) -> int:
        """Seconds until the subject may try again; 0 while it has tries left."""
        found = db.execute(
            "SELECT until_s FROM attempts WHERE subject_sm3 = ? AND count >= ?",
            (digest("gm", subject.encode()), limit),
        ).fetchone()
        return max(0, found[0] - int(self._clock.now_s())) if found else 0

    def forgive(self, db: Database, subject: str) -> None:
        """The attempt was right: forget the subject's failures."""
        db.execute("DELETE FROM attempts WHERE subject_sm3 = ?", (digest("gm", subject.encode()),))

    def return_one(self, db: Database, subject: str) -> None:
        """The attempt was right, but says nothing of the subject's other attempts: take back this one."""
        db.execute(
            "UPDATE attempts SET count = count - 1 WHERE subject_sm3 = ? AND count > 0",
            (digest("gm", subject.encode()),),
        )
