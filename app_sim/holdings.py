"""What the wallet keeps, read from its own database and folder as they are at this moment, not from a promise.

``TABLES`` says of every column in which form its values lie; a column that nobody has described is shown as such, and
a test refuses it. Must not know pages or languages, and never opens what is sealed.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from app_sim.config import AppConfig
from app_sim.store import Store

Form = Literal["typed", "random", "hash", "sealed", "masked", "amount", "time", "word", "count", "undescribed"]
FileKind = Literal[
    "database", "key", "sealed", "salt", "certificate", "membership", "settings", "trace", "log", "unexpected"
]  # fmt: skip

TABLES: dict[str, dict[str, Form]] = {
    "users": {"user_id": "random", "nickname": "typed", "device_sha256": "hash", "created_ms": "time"},
    "sessions": {"session_sha256": "hash", "user_id": "random", "started_ms": "time", "seen_ms": "time"},
    "flows": {
        "state_sha256": "hash",
        "session_id": "hash",
        "user_id": "random",
        "order_no": "random",
        "verifier_sealed": "sealed",
        "started_ms": "time",
    },
    "links": {
        "link_id": "random",
        "user_id": "random",
        "state": "word",
        "access_sealed": "sealed",
        "access_expires_ms": "time",
        "refresh_sealed": "sealed",
        "consent_id": "random",
        "linked_ms": "time",
        "ended_ms": "time",
    },
    "payments": {
        "order_no": "random",
        "user_id": "random",
        "transfer_id": "random",
        "state": "word",
        "amount_fen": "amount",
        "debtor_account_masked": "masked",
        "creditor_account_masked": "masked",
        "token_sealed": "sealed",
        "token_expires_ms": "time",
        "serial": "random",
        "code": "word",
        "trace_id": "random",
        "created_ms": "time",
        "updated_ms": "time",
    },
    "agreements": {
        "agreement_id": "random",
        "user_id": "random",
        "state": "word",
        "amount_fen": "amount",
        "period": "word",
        "valid_to_ms": "time",
        "next_due_ms": "time",
        "consent_id": "random",
        "account_ref": "random",
        "creditor_account_masked": "masked",
        "access_sealed": "sealed",
        "access_expires_ms": "time",
        "refresh_sealed": "sealed",
        "code": "word",
        "asked_ms": "time",
        "ended_ms": "time",
    },
    "debits": {
        "order_no": "random",
        "agreement_id": "random",
        "user_id": "random",
        "state": "word",
        "amount_fen": "amount",
        "serial": "random",
        "code": "word",
        "due_ms": "time",
        "updated_ms": "time",
    },
    "bank_events": {
        "event_id": "random",
        "sequence": "count",
        "type": "word",
        "subject": "random",
        "data": "word",
        "occurred_at": "time",
        "received_ms": "time",
    },
    "key_custody": {"serial": "count", "at_ms": "time", "key_name": "random", "deed": "word", "why": "word"},
    "tickets": {
        "ticket_id": "random",
        "rule": "word",
        "subject": "random",
        "state": "word",
        "code": "word",
        "times": "count",
        "opened_ms": "time",
        "last_ms": "time",
        "over_ms": "time",
        "due_ms": "time",
        "escalated_ms": "time",
        "owner": "typed",
        "action": "typed",
        "closed_ms": "time",
    },
    "ticket_deeds": {
        "serial": "count",
        "ticket_id": "random",
        "at_ms": "time",
        "who": "typed",
        "deed": "word",
        "note": "typed",
    },
    "heartbeat": {
        "only_one": "count",
        "every_s": "count",
        "set_by": "typed",
        "set_ms": "time",
        "beaten_ms": "time",
        "answered_ms": "time",
        "code": "word",
    },
    "receipts": {"path": "random", "at_ms": "time", "receipt": "masked"},
    "log_checkpoints": {
        "log": "word",
        "serial": "count",
        "hash": "hash",
        "at_ms": "time",
        "checkpoint": "hash",
        "countersignature": "hash",
    },
    "witnessing": {"only_one": "count", "tried_ms": "time", "code": "word"},
    "reconciled_days": {
        "day": "time",
        "state": "word",
        "source": "word",
        "code": "word",
        "lines": "count",
        "executed": "count",
        "executed_amount": "amount",
        "matched": "count",
        "settled": "count",
        "told_ms": "time",
        "at_ms": "time",
    },
    "reconciled_orders": {"order_no": "random", "day": "time"},
    "differences": {
        "order_no": "random",
        "kind": "word",
        "day": "time",
        "held": "word",
        "filed": "word",
        "found_ms": "time",
        "over_ms": "time",
    },
    "event_nonces": {"nonce": "random", "until_ms": "time"},
    "deletions": {"deletion_id": "count", "at_ms": "time", "scope": "word", "statement": "word"},
    "journal_anchors": {"through_seq": "count", "hash": "hash", "at_ms": "time"},
    "journal": {
        "seq": "count",
        "at_ms": "time",
        "kind": "word",
        "event": "word",
        "user_id": "random",
        "subject": "random",
        "account_masked": "masked",
        "result": "word",
        "code": "word",
        "api_id": "word",
        "elapsed_us": "count",
        "trace_id": "random",
        "hash": "hash",
    },
}
"""Every table that holds anything about users, and the form of each column."""

_FILES: tuple[tuple[str, FileKind], ...] = (
    ("wallet.db*", "database"),
    ("trace.db*", "trace"),
    ("config.json", "settings"),
    ("membership.json", "membership"),
    ("*.log", "log"),
    ("*.crt", "certificate"),
    ("keys/*.crt", "certificate"),
    ("keys/*.sealed", "sealed"),
    ("keys/vault.salt", "salt"),
    ("keys/*.pem", "key"),
    ("keys/*.key", "key"),
    ("*.key", "key"),
)


@dataclass(frozen=True, slots=True)
class Value:
    """One column of one row. ``value`` is None where it is empty; what is sealed is given as its length in bytes."""

    column: str
    form: Form
    value: str | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` of everybody, ``own`` of them the asking user's, and the newest of those as it lies there."""

    name: str
    rows: int
    own: int
    newest: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class File:
    """``name`` within the wallet's folder. ``is_private``: the file or the folder lets in nobody but its owner."""

    name: str
    kind: FileKind
    bytes: int
    is_private: bool


def tables(store: Store, user_id: str | None) -> list[Table]:
    """Every table of the database, in the order of ``TABLES``, others after them; ``user_id`` None owns nothing."""
    found = [row["name"] for row in store.read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    present = [name for name in found if not name.startswith("sqlite_")]
    order = list(TABLES)
    return [
        _table(store, name, user_id)
        for name in sorted(present, key=lambda name: (order.index(name) if name in TABLES else len(order), name))
    ]


def _table(store: Store, name: str, user_id: str | None) -> Table:
    # The name is the database's own word for one of its tables.
    rows = int(store.read(f'SELECT count(*) FROM "{name}"')[0][0])  # noqa: S608
    columns = [row["name"] for row in store.read(f'PRAGMA table_info("{name}")')]
    if "user_id" not in columns:
        return Table(name, rows, 0, tuple(Value(column, _form(name, column), None) for column in columns))
    own = int(store.read(f'SELECT count(*) FROM "{name}" WHERE user_id = ?', (user_id,))[0][0])  # noqa: S608
    row = store.row(f'SELECT * FROM "{name}" WHERE user_id = ? ORDER BY rowid DESC LIMIT 1', (user_id,))  # noqa: S608
    return Table(name, rows, own, tuple(_value(name, column, row[column] if row else None) for column in columns))


def _form(table: str, column: str) -> Form:
    return TABLES.get(table, {}).get(column, "undescribed")


def _value(table: str, column: str, value: object) -> Value:
    form = _form(table, column)
    if value is None:
        return Value(column, form, None)
    if isinstance(value, bytes):
        return Value(column, form, value.hex() if form == "hash" else len(value))
    return Value(column, form, value if isinstance(value, int) else str(value))


def export(store: Store, user_id: str) -> bytes:
    """Every row of one user's, table by table, as JSON. What is sealed is given as its length: nobody may read it."""
    found: dict[str, list[dict[str, object]]] = {}
    for name, columns in TABLES.items():
        if "user_id" in columns:
            rows = store.read(f'SELECT * FROM "{name}" WHERE user_id = ? ORDER BY rowid', (user_id,))  # noqa: S608
            found[name] = [
                {each.column: each.value for each in (_value(name, column, row[column]) for column in columns)}
                for row in rows
            ]
    return json.dumps(found, ensure_ascii=False, indent=2).encode()


def files(config: AppConfig) -> list[File]:
    """Every file below the wallet's folder."""
    return list(_files(config.home))


def _files(home: Path) -> Iterator[File]:
    is_closed = _is_private(home.stat())
    for path in sorted(each for each in home.rglob("*") if each.is_file()):
        try:
            facts = path.stat()
        except FileNotFoundError:
            # SQLite's own side files come and go.
            continue
        name = path.relative_to(home).as_posix()
        yield File(name, _kind(name), facts.st_size, is_closed or _is_private(facts))


def _is_private(facts: os.stat_result) -> bool:
    return not stat.S_IMODE(facts.st_mode) & 0o077


def _kind(name: str) -> FileKind:
    return next(
        (kind for pattern, kind in _FILES if fnmatch(name, pattern) and _same_folder(name, pattern)), "unexpected"
    )


def _same_folder(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/")


def contains(config: AppConfig, text: str) -> list[str]:
    """The names of the wallet's files in which a text stands as plain bytes."""
    sought = text.encode()
    return [file.name for file in files(config) if sought in _content(config.home / file.name)]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
