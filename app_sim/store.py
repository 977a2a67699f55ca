"""The wallet's own database: one SQLite file, one connection, one writer at a time.

It holds what the wallet needs to serve its users and nothing of the bank's: no account number, name, phone or balance
has a column here (JR/T 0185 9.3.3-2.1), and every token lies sealed by ``app_sim.vault``. SQL stands where it is used;
this module only opens the file and guards transactions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database


class Store:
    """A WAL database shared by the web server's threads. Nothing may wait for the network inside ``write``."""

    def __init__(self, path: Path, *schemas: str) -> None:
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        self.db = Database(connection, execute_plugins=False)
        self.db.enable_wal()
        # What is deleted is overwritten, and does not lie on in the file.
        connection.execute("PRAGMA secure_delete=ON")
        self._lock = threading.RLock()
        self._writing = False
        for schema in schemas:
            connection.executescript(schema)

    def read(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """All rows of a query; inside ``write`` it sees the transaction's own changes."""
        with self._lock:
            return list(self.db.execute(sql, parameters).fetchall())

    def row(self, sql: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        rows = self.read(sql, parameters)
        return rows[0] if rows else None

    @contextmanager
    def write(self, *, outlasts_power_cut: bool = True) -> Iterator[Database]:
        """One transaction, ``BEGIN IMMEDIATE`` to ``COMMIT``; an exception rolls everything back.

        ``outlasts_power_cut``: it is on the disk when the block ends, as an order must be before it is sent. Without
        it the disk is not waited for: a process that dies loses nothing all the same, but a machine that does may lose
        its newest transactions, the last ones first, up to the last one that was waited for.
        """
        with self._lock:
            if self._writing:
                raise RuntimeError("a write transaction may not be opened inside another")
            self._writing = True
            try:
                # SQLite heeds this between transactions only; one that waits takes all earlier ones to the disk too.
                self.db.execute(f"PRAGMA synchronous={'FULL' if outlasts_power_cut else 'NORMAL'}")
                self.db.execute("BEGIN IMMEDIATE")
                try:
                    yield self.db
                except BaseException:
                    self.db.execute("ROLLBACK")
                    raise
                self.db.execute("COMMIT")
            finally:
                self._writing = False

    def leave_no_trace(self) -> None:
        """Fold the write-ahead log into the file: older versions of what was deleted lie in it until then."""
        with self._lock:
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._lock:
            self.db.close()
