"""The messages that lie on the phones: the user's own SQLite file. Knows neither HTTP nor what a message is about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sqlite_utils import Database

KEPT_PER_PHONE = 200
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS messages (
        message_id INTEGER PRIMARY KEY, number TEXT NOT NULL, text TEXT NOT NULL, received_ms INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS messages_of_phone ON messages (number, message_id)",
)


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS as it lies on a phone; ``received_ms`` since the epoch."""

    message_id: int
    number: str
    text: str
    received_ms: int


class Inbox:
    """Messages by phone number, newest first; only the newest ``KEPT_PER_PHONE`` of a phone stay."""

    def __init__(self, path: Path) -> None:
        # The web server's threads take turns on one connection: a phone is not a busy place.
        self._lock = Lock()
        self._database = Database(sqlite3.connect(path, check_same_thread=False, isolation_level=None))
        self._database.enable_wal()
        for statement in _SCHEMA:
            self._database.execute(statement)

    def receive(self, number: str, text: str, received_ms: int) -> None:
        """Keep a message and forget what is too old."""
        with self._transaction() as db:
            db.execute("INSERT INTO messages (number, text, received_ms) VALUES (?, ?, ?)", (number, text, received_ms))
            db.execute(
                "DELETE FROM messages WHERE number = ? AND message_id <= ("
                "SELECT message_id FROM messages WHERE number = ? ORDER BY message_id DESC LIMIT 1 OFFSET ?)",
                (number, number, KEPT_PER_PHONE),
            )

    def messages(self, number: str) -> list[Message]:
        """The phone's messages, newest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT message_id, number, text, received_ms FROM messages WHERE number = ? ORDER BY message_id DESC",
                (number,),
            ).fetchall()
        return [Message(*row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many messages lie on each phone that has any."""
        with self._lock:
            rows = self._database.execute("SELECT number, count(*) FROM messages GROUP BY number ORDER BY number")
            return dict(rows.fetchall())

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._database.conn
        with self._lock:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
