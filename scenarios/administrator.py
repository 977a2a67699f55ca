"""An administrator of the bank's who can write to its database file, and does: no trigger holds them up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from bank_sim.sdk.protocol.hashchain import link


class Administrator:
    """Somebody whom the bank trusts with its files."""

    def __init__(self, database: Path) -> None:
        self._path = database

    def edit(self, serial: int) -> None:
        """A success becomes a refusal; the hash stays."""
        self._do(lambda db: db.execute("UPDATE access_log SET status = 403 WHERE serial = ?", (serial,)))

    def delete(self, serial: int) -> None:
        self._do(lambda db: db.execute("DELETE FROM access_log WHERE serial = ?", (serial,)))

    def swap(self, serial: int) -> None:
        """A record changes places with the next one."""

        def swapped(db: sqlite3.Connection) -> None:
            for each, to in ((serial, -1), (serial + 1, serial), (-1, serial + 1)):
                db.execute("UPDATE access_log SET serial = ? WHERE serial = ?", (to, each))

        self._do(swapped)

    def cut_behind(self, serial: int) -> None:
        """The newest records go, SQLite's own counter is put back, and the bank's copies of checkpoints go too."""

        def cut(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM access_log WHERE serial > ?", (serial,))
            db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'access_log'", (serial,))
            db.execute("DELETE FROM log_checkpoints")

        self._do(cut)

    def rewrite_from(self, serial: int) -> None:
        """A record is edited, and every hash from it on made anew; the bank's copies of checkpoints go."""

        def rewritten(db: sqlite3.Connection) -> None:
            db.execute("UPDATE access_log SET status = 403 WHERE serial = ?", (serial,))
            columns = [each[1] for each in db.execute("PRAGMA table_info(access_log)")][:-1]
            previous = db.execute("SELECT hash FROM access_log WHERE serial = ?", (serial - 1,)).fetchone()[0]
            for row in db.execute("SELECT * FROM access_log WHERE serial >= ? ORDER BY serial", (serial,)).fetchall():
                previous = link(previous, dict(zip(columns, row[:-1], strict=True)))
                db.execute("UPDATE access_log SET hash = ? WHERE serial = ?", (previous, row[0]))
            db.execute("DELETE FROM log_checkpoints")

        self._do(rewritten)

    def records(self, first: int, last: int) -> list[tuple[Any, ...]]:
        """A copy of what stands there, to put back when nobody looks."""
        with closing(sqlite3.connect(self._path)) as db:
            return db.execute("SELECT * FROM access_log WHERE serial BETWEEN ? AND ?", (first, last)).fetchall()

    def put_back(self, records: list[tuple[Any, ...]]) -> None:
        def put(db: sqlite3.Connection) -> None:
            marks = ", ".join("?" * len(records[0]))
            db.executemany(f"REPLACE INTO access_log VALUES ({marks})", records)  # noqa: S608 - marks only

        self._do(put)

    def _do(self, deed: Callable[[sqlite3.Connection], object]) -> None:
        """In one transaction, after every trigger is gone."""
        with closing(sqlite3.connect(self._path, timeout=10)) as db, db:
            db.execute("BEGIN IMMEDIATE")
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            deed(db)
