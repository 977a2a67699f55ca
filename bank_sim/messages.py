"""Text messages from the bank to its users: an outbox in the database, and the thread that empties it.

A message is written in the transaction of what it tells about, so neither exists without the other, and it is sealed
until it is delivered and then deleted: a code that lies about is a code that leaks (JR/T 0185 7.2.2, last item).
Delivery is at least once. The outbox decides nothing about codes; it carries text.
"""

from __future__ import annotations

import http.client
import logging
import sqlite3
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from bank_sim.clock import Clock
from bank_sim.keys import Vault
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sealed BLOB NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
"""

# How soon a message written by another process is noticed; an idle look costs some 10 microseconds.
_LOOK_S = 0.03
# A phone that cannot be reached is tried again with growing pauses, until the message is too old to be of use.
_PAUSE_FIRST_S, _PAUSE_MAX_S = 0.2, 5.0
_POST_TIMEOUT_S = 5.0

_log = logging.getLogger("bank.messages")


class _Executes(Protocol):
    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...


class Message(msgspec.Struct):
    """``to``: the phone number; ``text``: what the user reads. This is also the body of ``POST /sms``."""

    to: str
    text: str


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


class Dispatcher:
    """Delivers the outbox in order. ``run`` belongs into a thread of its own, with a ``Store`` opened there."""

    def __init__(self, vault: Vault, clock: Clock, deliver: Callable[[Message], None]) -> None:
        """``deliver`` hands one message to the phone; any ``OSError`` or ``HTTPException`` means: not delivered."""
        self._vault = vault
        self._clock = clock
        self._deliver = deliver
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self, open_store: Callable[[], Store]) -> None:
        """Work until ``stop``."""
        store = open_store()
        try:
            pause_s = _PAUSE_FIRST_S
            while not self._stopping.is_set():
                if self._delivered(store):
                    pause_s = _PAUSE_FIRST_S
                    self._stopping.wait(_LOOK_S)
                else:
                    self._stopping.wait(pause_s)
                    pause_s = min(pause_s * 2, _PAUSE_MAX_S)
        finally:
            store.close()

    def _delivered(self, store: Store) -> bool:
        try:
            return self.deliver_due(store)
        except Exception:
            # Whatever is wrong with one message, the thread must live to deliver the next.
            _log.exception("the outbox could not be emptied")
            return False

    def deliver_due(self, store: Store) -> bool:
        """Deliver what lies in the outbox, oldest first. False if the phone could not be reached."""
        for message_id, sealed, expires_ms in store.read("SELECT id, sealed, expires_ms FROM outbox ORDER BY id"):
            if expires_ms > self._clock.now_ms():
                try:
                    self._deliver(msgspec.json.decode(self._vault.unseal(sealed), type=Message))
                except (OSError, http.client.HTTPException) as error:
                    _log.warning("message %d not delivered: %s", message_id, type(error).__name__)
                    return False
            with store.write() as db:
                db.execute("DELETE FROM outbox WHERE id = ?", (message_id,))
        return True


class SmsGateway:
    """Posts messages to the sandbox's phone over TLS, each on a connection of its own: they are few and far between."""

    def __init__(self, url: str, ca_certificate: Path) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError(f"messages travel over TLS only: {url}")
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path or "/"
        self._trust = ssl.create_default_context(cafile=str(ca_certificate))

    def deliver(self, message: Message) -> None:
        """POST one message; ``OSError`` or ``HTTPException`` unless the phone answers 2xx."""
        opened = http.client.HTTPSConnection(self._host, self._port, timeout=_POST_TIMEOUT_S, context=self._trust)
        with closing(opened) as connection:
            connection.request("POST", self._path, msgspec.json.encode(message), {"Content-Type": "application/json"})
            status = connection.getresponse().status
        if not 200 <= status < 300:
            raise http.client.HTTPException(f"the phone answered {status}")
