"""The trace: what passed through the bank's doors lately, as a ring in a file of its own.

Written only while it is switched on (``Config.trace``), for whoever teaches or looks for a mistake; a theatre reads the
file from outside. It is no record: it forgets, it survives no power failure, and nothing in the bank reads it. What
comes here has been through ``redaction``.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bank_sim.sandbox.redaction import Headers
from bank_sim.sdk.protocol.checktable import Verdict

MESSAGES_KEPT = 2_000
_SWEEP_EVERY = 64
# A call waits this long for a file that somebody else holds, and the calls of the next while do not wait at all.
_LOCKED_S, _PAUSE_S = 0.05, 1.0
_OPENING_S, _AGAIN_S = 5.0, 0.005

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    door TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    started_ns INTEGER NOT NULL,
    elapsed_ns INTEGER NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    client_certificate INTEGER NOT NULL,
    request_headers TEXT NOT NULL,
    request_body TEXT NOT NULL,
    request_bytes INTEGER NOT NULL,
    status INTEGER NOT NULL,
    answer_headers TEXT NOT NULL,
    answer_body TEXT NOT NULL,
    answer_bytes INTEGER NOT NULL,
    title TEXT NOT NULL,
    verdicts TEXT NOT NULL,
    opened TEXT NOT NULL
)
"""
_COLUMNS = 17
_INSERT = f"INSERT INTO messages VALUES (NULL, {', '.join('?' * _COLUMNS)})"  # noqa: S608

_log = logging.getLogger("bank.trace")


@dataclass(slots=True)
class Exchange:
    """One request and its answer. ``at_ms``: virtual time; ``started_ns``: the machine's, since 1970.

    ``door``       the listener that took it (``gateway``, ``pages``, ``portal``, ``console``), or ``sms`` for a message
                   that left towards a phone
    ``*_bytes``    how long the bodies were on the wire; the texts beside them are redacted, and may be cut short
    ``opened``     what the sealed parts hold: ``request``, ``answer``
    """

    door: str
    at_ms: int
    started_ns: int
    method: str
    target: str
    elapsed_ns: int = 0
    client_certificate: bool = False
    request_headers: Headers = field(default_factory=list)
    request_body: str = ""
    request_bytes: int = 0
    status: int = 0
    answer_headers: Headers = field(default_factory=list)
    answer_body: str = ""
    answer_bytes: int = 0
    title: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    opened: dict[str, dict[str, Any]] = field(default_factory=dict)


class Trace:
    """One process's hand on the file. Threads may share it."""

    def __init__(self, path: Path, kept: int = MESSAGES_KEPT) -> None:
        """Open or make the ring at ``path``, of the newest ``kept`` messages. ``sqlite3.OperationalError``."""
        self._kept = kept
        self._lock = threading.Lock()
        self._paused_until_s = 0.0
        self._connection = sqlite3.connect(path, _OPENING_S, isolation_level=None, check_same_thread=False)
        self._turn_to_wal()
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(SCHEMA)
        self._connection.execute(f"PRAGMA busy_timeout={int(_LOCKED_S * 1000)}")

    def _turn_to_wal(self) -> None:
        """Wait for whoever does the same: of two that turn a new file over, SQLite refuses one without any waiting."""
        deadline = time.monotonic() + _OPENING_S
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_AGAIN_S)

    def keep(self, exchange: Exchange) -> None:
        """Write one message down; the oldest go. A full disk or a locked file costs the message, not the call."""
        values = _row(exchange)
        with self._lock:
            if time.monotonic() < self._paused_until_s:
                return
            try:
                serial = self._connection.execute(_INSERT, values).lastrowid or 0
                if serial % _SWEEP_EVERY == 0:
                    self._connection.execute("DELETE FROM messages WHERE serial <= ?", (serial - self._kept,))
            except sqlite3.Error:
                self._paused_until_s = time.monotonic() + _PAUSE_S

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def open_trace(path: Path) -> Trace | None:
    """The ring at ``path``; None, and a line in the log, where it cannot be opened: no bank stays shut for that."""
    try:
        return Trace(path)
    except sqlite3.Error as error:
        _log.warning("no trace is kept: %s", type(error).__name__)
        return None


def _row(each: Exchange) -> tuple[Any, ...]:
    return (
        each.door,
        each.at_ms,
        each.started_ns,
        each.elapsed_ns,
        each.method,
        _storable(each.target),
        each.client_certificate,
        json.dumps(each.request_headers),
        _storable(each.request_body),
        each.request_bytes,
        each.status,
        json.dumps(each.answer_headers),
        _storable(each.answer_body),
        each.answer_bytes,
        _storable(each.title),
        json.dumps([[v.name, v.clauses, v.state, v.elapsed_ns, v.code] for v in each.verdicts]),
        _storable(json.dumps(each.opened, ensure_ascii=False)),
    )


def _storable(text: str) -> str:
    """What JSON can write and UTF-8 cannot, half a surrogate pair, as a question mark."""
    return text.encode(errors="replace").decode()
