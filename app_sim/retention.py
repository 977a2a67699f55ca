"""How long the wallet's log is kept: its time and no longer, and never less than six months (JR/T 0185 9.3.4-3).

What has had its time is deleted, since nothing else at the wallet needs it; an anchor with the last deleted record's
hash stays, so that the rest of the chain still follows from it. The database itself refuses to change a record, to
delete one that no anchor covers, and an anchor over a record of the last six months.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from app_sim.store import Store

KEPT_MIN_DAYS = 183
_DAY_MS = 86_400_000

SCHEMA = f"""
CREATE TRIGGER IF NOT EXISTS journal_is_not_rewritten BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_not_shortened BEFORE DELETE ON journal
WHEN OLD.seq > ifnull((SELECT max(through_seq) FROM journal_anchors), 0)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_kept_its_time BEFORE INSERT ON journal_anchors
WHEN EXISTS (SELECT 1 FROM journal WHERE seq <= NEW.through_seq AND at_ms > NEW.at_ms - {KEPT_MIN_DAYS * _DAY_MS})
BEGIN SELECT RAISE(ABORT, 'the log is kept for six months'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_anchored_as_it_is BEFORE INSERT ON journal_anchors
WHEN NOT EXISTS (SELECT 1 FROM journal WHERE seq = NEW.through_seq AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'an anchor is a record of the log'); END;
CREATE TRIGGER IF NOT EXISTS journal_anchors_stand BEFORE UPDATE ON journal_anchors
BEGIN SELECT RAISE(ABORT, 'anchors are append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_anchors_stay BEFORE DELETE ON journal_anchors
BEGIN SELECT RAISE(ABORT, 'anchors are append-only'); END;
"""  # noqa: S608 - constants

# The log as far as it is past its time; its newest record stays, so that the chain goes on from it.
_OVER = """
SELECT seq, hash FROM journal
WHERE seq < ifnull((SELECT min(seq) FROM journal WHERE at_ms > ?), (SELECT max(seq) FROM journal))
ORDER BY seq DESC LIMIT 1
"""


class Retention:
    """``perform`` may be called as often as one likes: it looks once a day, and at the first call."""

    def __init__(self, store: Store, days: int, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._days = days
        self._now_ms = now_ms
        self._looked: int | None = None
        self._one_at_a_time = threading.Lock()

    def perform(self) -> int:
        """Delete what has had its time; returns how many records."""
        now_ms = self._now_ms()
        with self._one_at_a_time:
            if now_ms // _DAY_MS == self._looked:
                return 0
            self._looked = now_ms // _DAY_MS
            over = self._store.row(_OVER, (now_ms - self._days * _DAY_MS,))
            if over is None:
                return 0
            with self._store.write() as db:
                db.execute("INSERT INTO journal_anchors VALUES (?, ?, ?)", (over["seq"], over["hash"], now_ms))
                return db.execute("DELETE FROM journal WHERE seq <= ?", (over["seq"],)).rowcount
