"""What the apps on the phones keep: the authenticator's secrets, and the key that a bank knows a phone by.

A file of its own beside the messages. As on most phones, whoever opens it reads the authenticator's secrets; the
bank's key lies encrypted. It must not know what the secrets are for.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from sqlite_utils import Database

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS authenticators (
        entry_id INTEGER PRIMARY KEY, number TEXT NOT NULL, name TEXT NOT NULL, secret TEXT NOT NULL)""",
    "CREATE TABLE IF NOT EXISTS bank_keys (number TEXT PRIMARY KEY, device_id TEXT NOT NULL, key_pem BLOB NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an authenticator: whose codes they are, and the secret in base32."""

    entry_id: int
    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class BankKey:
    """What the bank app of one phone is known by: its id at the bank, and its key as an encrypted PEM."""

    device_id: str
    key_pem: bytes


class Apps:
    """The apps' data by phone number. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._database = Database(sqlite3.connect(path, check_same_thread=False, isolation_level=None))
        self._database.enable_wal()
        for statement in _SCHEMA:
            self._database.execute(statement)

    def add_entry(self, number: str, name: str, secret: str) -> None:
        self._run("INSERT INTO authenticators (number, name, secret) VALUES (?, ?, ?)", number, name, secret)

    def entries(self, number: str) -> list[Entry]:
        rows = self._run("SELECT entry_id, name, secret FROM authenticators WHERE number = ? ORDER BY entry_id", number)
        return [Entry(*row) for row in rows]

    def remove_entry(self, number: str, entry_id: int) -> None:
        self._run("DELETE FROM authenticators WHERE number = ? AND entry_id = ?", number, entry_id)

    def keep_bank_key(self, number: str, key: BankKey) -> None:
        """In place of an earlier one: a phone has one bank app."""
        self._run("INSERT OR REPLACE INTO bank_keys VALUES (?, ?, ?)", number, key.device_id, key.key_pem)

    def bank_key(self, number: str) -> BankKey | None:
        rows = self._run("SELECT device_id, key_pem FROM bank_keys WHERE number = ?", number)
        return BankKey(*rows[0]) if rows else None

    def forget_bank_key(self, number: str) -> None:
        self._run("DELETE FROM bank_keys WHERE number = ?", number)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _run(self, statement: str, *values: str | int | bytes) -> list[tuple[Any, ...]]:
        with self._lock:
            rows: list[tuple[Any, ...]] = self._database.execute(statement, values).fetchall()
            return rows
