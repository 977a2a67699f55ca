"""What the bank holds about one user: to be taken along as a file, and deleted as far as nothing keeps it.

PIPL articles 45 and 47 give users both; what the law makes a bank keep stays, and is named with the reason. Which data
that is stands in ``sections``. It must not reach into the core, which answers for its own tables by
``customers.export``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlite_utils import Database

from bank_sim.corelink import CoreLink, OperationRequest
from bank_sim.records.guards import BEIJING
from bank_sim.records.sections import SECTIONS, Section, Why
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS data_requests (
    request_id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('export', 'deletion')),
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS data_requests_of ON data_requests (customer_id);
""" + append_only("data_requests")


@dataclass(frozen=True, slots=True)
class Held:
    """How much of one kind there is. ``going``: how much of it would be deleted on request."""

    name: str
    count: int
    going: int
    why: Why


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a request has deleted: how many of each kind; of the kinds in ``kept`` something stays, for the reason."""

    deleted: Mapping[str, int]
    kept: Mapping[str, Why]


def held(store: Store, customer_id: str) -> list[Held]:
    """What the service layer holds, kind by kind. Of calls the kinds are counted, not each."""
    return [
        Held(each.name, len(store.read(each.sql, (customer_id,))), _going(store, each, customer_id), each.why)
        for each in SECTIONS
    ]


def export(store: Store, corelink: CoreLink, customer_id: str, now_ms: int) -> bytes:
    """Everything as one JSON document that people can read: times of Beijing, amounts in yuan, numbers masked."""
    request = OperationRequest(app_id="", now_ms=now_ms, customer_id=customer_id)
    parts = corelink.call("customers.export", store.db.conn, request)
    parts |= {each.name: _rows(store, each, customer_id) for each in SECTIONS}
    document = {
        "about": {
            "what": "What the bank holds about you. Numbers are masked, as on the bank's pages; access records older"
            " than a year lie in archives.",
            "说明": "本行持有的您的信息。证件、手机、账户号码按页面展示规则屏蔽；满一年的访问日志在归档中保存。",
            "made_at": _moment(now_ms / 1000),
        },
        **{name: _readable(part) for name, part in parts.items()},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def delete(db: Database, customer_id: str) -> Deleted:
    """Delete what nothing keeps, within the caller's write transaction."""
    deleted = {
        each.name: db.execute(f"DELETE FROM {each.table} WHERE {each.goes}", (customer_id,)).rowcount  # noqa: S608
        for each in SECTIONS
        if each.goes is not None
    }
    kept = {each.name: each.why for each in SECTIONS if db.execute(each.sql, (customer_id,)).fetchone() is not None} | {
        "core": "law"
    }
    return Deleted(deleted, kept)


def note(db: Database, customer_id: str, kind: Literal["export", "deletion"], outcome: object, now_ms: int) -> None:
    """That a user asked, and what came of it; within the caller's write transaction."""
    text = msgspec.json.encode(outcome).decode()
    db.execute(
        "INSERT INTO data_requests (customer_id, at_ms, kind, outcome) VALUES (?, ?, ?, ?)",
        (customer_id, now_ms, kind, text),
    )


def _going(store: Store, section: Section, customer_id: str) -> int:
    if section.goes is None:
        return 0
    return int(store.read(f"SELECT count(*) FROM {section.table} WHERE {section.goes}", (customer_id,))[0][0])  # noqa: S608


def _rows(store: Store, section: Section, customer_id: str) -> list[dict[str, Any]]:
    found = store.db.execute(section.sql, (customer_id,))
    names = [column[0] for column in found.description]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None} for row in found.fetchall()
    ]


def _readable(value: Any) -> Any:
    """The units of the inside as people read them; ``_ms``, ``_s`` and ``_fen`` go from the names."""
    if isinstance(value, list):
        return [_readable(each) for each in value]
    if not isinstance(value, dict):
        return value
    shown: dict[str, Any] = {}
    for name, each in value.items():
        if name.endswith("_ms"):
            shown[name.removesuffix("_ms")] = _moment(each / 1000)
        elif name.endswith("_s"):
            shown[name.removesuffix("_s")] = _moment(each)
        elif name.endswith("_fen"):
            shown[name.removesuffix("_fen")] = format_fen(each)
        else:
            shown[name] = _readable(each)
    return shown


def _moment(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, BEIJING).isoformat(timespec="seconds")
