"""The bank's embedded store: one SQLite file, one connection a process, and one way to write.

Statements stand where they are used, as plain SQL inside one transaction. Writes go through ``write()`` only:
``BEGIN IMMEDIATE`` takes the write lock first, because a transaction that reads before it writes fails at
once under a concurrent writer instead of waiting for it. A ``Store`` must be opened after ``fork``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bank_sim.sdk.protocol.problems import SERVICE_UNAVAILABLE

Transaction = Database
"""What ``write`` yields: for those who take part in a transaction and hold no SQL of their own."""

# How long a writer waits for the lock before the call is refused. Write transactions last about a millisecond.
_BUSY_S = 5.0
# SQLite's own default of 128 is Python's too; the bank runs more distinct statements than that.
_STATEMENTS_CACHED = 512


def append_only(table: str) -> str:
    """Triggers for a schema: what stands in the table is neither changed nor taken away.

    That guards against accidents. Against an administrator, who can drop a trigger, stands a chain, where there is one.
    """
    return f"""
CREATE TRIGGER IF NOT EXISTS {table}_stands BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER IF NOT EXISTS {table}_stays BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""


class Store:
    """One open database. ``db`` is a sqlite-utils ``Database``; its rows are plain tuples in column order."""

    def __init__(self, path: Path, synchronous: str = "NORMAL", *, readonly: bool = False) -> None:
        """``synchronous``: SQLite's OFF, NORMAL or FULL. ``sqlite3.OperationalError`` if it cannot be opened."""
        self.path = path
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rwc'}",
            uri=True,
            timeout=_BUSY_S,
            isolation_level=None,
            cached_statements=_STATEMENTS_CACHED,
        )
        self.db = Database(connection, recursive_triggers=False, execute_plugins=False)
        self._connection = connection
        if not readonly:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")

    def prepare(self, *schemas: str) -> None:
        """Bring tables, indexes and triggers into being. Every statement must say IF NOT EXISTS."""
        with self.write() as db:
            for schema in schemas:
                for statement in _statements(schema):
                    db.execute(statement)

    def read(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one SELECT, seeing every committed write."""
        return self._connection.execute(sql, params).fetchall()

    @contextmanager
    def write(self) -> Iterator[Database]:
        """One write transaction: committed as a whole when the block ends, undone when it raises. Not nestable.

        Where the disk is full that is SERVICE_UNAVAILABLE: nothing was done, and it may be tried again.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
            self._connection.execute("COMMIT")
        except BaseException as error:
            # A trigger's RAISE(ROLLBACK) may have ended the transaction already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise SERVICE_UNAVAILABLE.problem(reason="the disk is full") from error
            raise

    def close(self) -> None:
        self.db.close()


def _statements(schema: str) -> Iterator[str]:
    """Split a schema at its statements' ends; a trigger's body holds semicolons of its own."""
    pending = ""
    for line in schema.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        raise ValueError(f"a schema ends within a statement: {pending.strip()[:60]}")
