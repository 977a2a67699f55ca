"""The journal of the staff: who did what to whom, when and why, each entry chained to the one before it by SM3.

An entry is written in the transaction of the deed it tells of, so neither exists without the other. Refused deeds leave
one too. Like the access log it is append-only by trigger, and the chain shows what a trigger cannot prevent
(JR/T 0185 12.3). No customer's data belongs into a reason; long runs of digits are masked before they are written.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any, Protocol

import msgspec

from bank_sim.audit.anchors import end_of_archived, guards
from bank_sim.sdk.protocol import hashchain
from bank_sim.sdk.protocol.hashchain import Verdict
from bank_sim.sdk.protocol.masking import mask_account
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS staff_journal (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    login_name TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    result TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    source TEXT NOT NULL,
    weakened TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS staff_journal_by_subject ON staff_journal (subject);
""" + guards("staff_journal", "the journal")

DONE = "done"
_LONG_NUMBER = re.compile(r"[0-9]{11,}")


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One deed, in the order of the table's columns. ``result``: ``done``, or the code of the refusal."""

    at_ms: int
    login_name: str
    role: str
    action: str
    subject: str
    reason: str = ""
    result: str = DONE
    trace_id: str
    source: str
    weakened: str = ""


class Chained(msgspec.Struct, frozen=True):
    """An entry with its place in the journal."""

    serial: int
    entry: JournalEntry


COLUMNS = ("serial", *JournalEntry.__struct_fields__)
_LISTED = ", ".join(COLUMNS)


class _Executes(Protocol):
    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...


def append(db: _Executes, entry: JournalEntry) -> int:
    """Chain one entry within the caller's write transaction; returns its serial number, which counts up by one."""
    entry = msgspec.structs.replace(entry, reason=masked(entry.reason))
    last = db.execute("SELECT serial, hash FROM staff_journal ORDER BY serial DESC LIMIT 1").fetchone()
    serial, previous = (last[0] + 1, last[1]) if last else (1, hashchain.GENESIS)
    values = (serial, *msgspec.structs.astuple(entry))
    link = hashchain.link(previous, dict(zip(COLUMNS, values, strict=True)))
    db.execute("INSERT INTO staff_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, link))
    return serial


def masked(text: str) -> str:
    """Free text as it may be kept: phone, account and card numbers show their last digits only."""
    return _LONG_NUMBER.sub(lambda digits: mask_account(digits[0]), text)


def newest(store: Store, *, before: int | None = None, subject: str | None = None, limit: int = 50) -> list[Chained]:
    """Entries, the newest first; of one subject only, and older than ``before``, where these are given."""
    older, mine = ("serial < ?", (before,)) if before else ("serial > ?", (0,)), (subject,) if subject else ()
    rows = store.read(
        f"SELECT {_LISTED} FROM staff_journal WHERE {older[0]}"  # noqa: S608 - constant parts
        f"{' AND subject = ?' if mine else ''} ORDER BY serial DESC LIMIT ?",
        (*older[1], *mine, limit),
    )
    return [Chained(row[0], JournalEntry(**dict(zip(COLUMNS[1:], row[1:], strict=True)))) for row in rows]


def verify(store: Store) -> Verdict:
    """As ``hashchain.verify_numbered`` from where the archived part ends, over every column, up to the newest serial.

    A table with other columns in the journal's place is no journal.
    """
    if [column[1] for column in store.read("PRAGMA table_info(staff_journal)")] != [*COLUMNS, "hash"]:
        return Verdict(0, 1, hashchain.GENESIS.hex())
    archived, start = end_of_archived(store, "staff_journal")
    sql = f"SELECT {_LISTED}, hash FROM staff_journal WHERE serial > ? ORDER BY serial"  # noqa: S608
    rows = store.db.execute(sql, (archived,))
    handed_out = store.read("SELECT seq FROM sqlite_sequence WHERE name = 'staff_journal'")
    return hashchain.verify_numbered(
        ((row[0], dict(zip(COLUMNS, row[:-1], strict=True)), row[-1]) for row in rows),
        handed_out[0][0] if handed_out else 0,
        archived,
        start,
    )
