"""The wallet's journal and the bank's log vouch for each other, once a day (JR/T 0185 12.3).

The wallet shows the bank how far its journal has come and keeps the bank's word on it; it countersigns how far the
bank's log has come, and keeps that. So neither can rewrite what the other has seen. What it keeps tells of no user:
numbers, hashes and signatures. When the bank says that one of the logs is not what it was, or its checkpoint goes back,
the refused call is a ticket like every proof that fails (``watch``).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlite_utils import Database

from app_sim.bank import GENESIS, Bank, Problem, Witnessed, problems
from app_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS log_checkpoints (
    log TEXT NOT NULL CHECK (log IN ('access_log', 'journal')),
    serial INTEGER NOT NULL,
    hash BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    checkpoint TEXT NOT NULL,
    countersignature TEXT NOT NULL,
    PRIMARY KEY (log, serial)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS log_checkpoints_stand BEFORE UPDATE ON log_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are kept as they are'); END;
CREATE TRIGGER IF NOT EXISTS log_checkpoints_stay BEFORE DELETE ON log_checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are kept'); END;
CREATE TABLE IF NOT EXISTS witnessing (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    tried_ms INTEGER NOT NULL,
    code TEXT
) STRICT;
"""

EVERY_MS = 86_400_000
_AGAIN_MS = 3_600_000
_LOOK_S = 10.0
_ROUNDS_MAX = 64
"""Checkpoints in a row, while the bank's log has gone further than one of them covers."""


class Witnessing:
    """The wallet's end of it."""

    def __init__(
        self, store: Store, bank: Bank, now_ms: Callable[[], int], stopwatch_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._bank = bank
        self._now_ms = now_ms
        self._stopwatch_s = stopwatch_s
        self._looked_s = stopwatch_s()

    def has_to_look(self) -> bool:
        """Every few seconds of the machine's: whether a day has passed is seen only by who asks for the time."""
        return self._stopwatch_s() - self._looked_s >= _LOOK_S

    def is_due(self) -> bool:
        """A day after the last time, an hour after the bank did not answer; first a day after the journal began."""
        tried = self._store.row("SELECT tried_ms, code FROM witnessing")
        if tried is None:
            begun = self._store.row("SELECT at_ms FROM journal ORDER BY seq LIMIT 1")
            return begun is not None and self._now_ms() - begun["at_ms"] >= EVERY_MS
        rest_ms = _AGAIN_MS if tried["code"] == problems.SERVICE_UNAVAILABLE.code else EVERY_MS
        return not 0 <= self._now_ms() - tried["tried_ms"] < rest_ms

    def run_due(self) -> None:
        """Exchange checkpoints if it is time to; however it ends, the next time is another day."""
        self._looked_s, code = self._stopwatch_s(), None
        if not self.is_due():
            return
        try:
            self.exchange()
        except Problem as problem:
            code = problem.code
        with self._store.write() as db:
            db.execute(
                "INSERT INTO witnessing VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET tried_ms = excluded.tried_ms,"
                " code = excluded.code",
                (self._now_ms(), code),
            )

    def exchange(self) -> None:
        """Until the bank's log has been caught up with. Whatever the bank refuses, or does not hold, is raised."""
        for _ in range(_ROUNDS_MAX):
            head = self._store.row("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
            serial, link = (head["seq"], bytes(head["hash"])) if head else (0, GENESIS)
            kept = self._store.row(
                "SELECT checkpoint FROM log_checkpoints WHERE log = 'access_log' ORDER BY serial DESC LIMIT 1"
            )
            found = self._bank.exchange_checkpoints(serial, link, kept["checkpoint"] if kept else None)
            with self._store.write() as db:
                self._keep(db, "journal", found.own)
                self._keep(db, "access_log", found.bank)
            if not found.more:
                return

    def _keep(self, db: Database, log: str, each: Witnessed) -> None:
        db.execute(
            "INSERT OR IGNORE INTO log_checkpoints VALUES (?, ?, ?, ?, ?, ?)",
            (log, each.serial, each.hash, self._now_ms(), each.checkpoint, each.countersignature),
        )
