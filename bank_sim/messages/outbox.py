"""The outbox: messages to users that are not delivered yet.

A message is written in the transaction of what it tells about, so neither exists without the other, and it is sealed
until it is delivered and then deleted: a code that lies about is a code that leaks (JR/T 0185 7.2.2, last item).
The outbox decides nothing about codes; it carries text.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Protocol

import msgspec

from bank_sim.clock import Clock
from bank_sim.keys import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sealed BLOB NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
"""


class _Executes(Protocol):
    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...


class Message(msgspec.Struct):
    """``to``: the phone number; ``text``: what the user reads. This is also the body of ``POST /sms``."""

    to: str
    text: str


class MessageRefused(Exception):
    """The phone will not take this message, now or later. The text says why, without the message's content."""


class Outbox:
    """Where the bank's roles put messages to users."""

    def __init__(self, vault: Vault, clock: Clock, lifetime_s: int) -> None:
        self._vault = vault
        self._clock = clock
        self._lifetime_ms = lifetime_s * 1000

    def enqueue(self, db: _Executes, phone: str, text: str) -> None:
        """Queue a message within the caller's write transaction: it goes out if and only if that commits."""
        sealed = self._vault.seal(msgspec.json.encode(Message(phone, text)))
        db.execute(
            "INSERT INTO outbox (sealed, expires_ms) VALUES (?, ?)", (sealed, self._clock.now_ms() + self._lifetime_ms)
        )
