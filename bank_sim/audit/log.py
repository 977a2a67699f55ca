"""The access log: one record a call, refused calls included, each chained to the one before it by SM3.

Triggers refuse UPDATE, and DELETE of what is not archived: that guards against accidents. Against an administrator, who
can drop a trigger, stands the chain: a record changed, removed, inserted or moved breaks it, and ``verify`` says where.
Whoever rewrites the whole chain, or cuts off its newest records together with SQLite's own counter, changes the head;
so the head, which ``verify`` returns, belongs into a second pair of hands (JR/T 0185 7.3.3 and 12.3).

What a record may not hold: a full account number, a name, a token, a body. ``digest`` stands for the body.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from bank_sim.audit.anchors import end_of_archived, guards
from bank_sim.sdk.protocol import hashchain
from bank_sim.sdk.protocol.hashchain import Verdict
from bank_sim.store import Store

# The six facts of JR/T 0185 7.3.3 are NOT NULL: serial, app_id, api_id, elapsed_us, at_ms, result.
SCHEMA = """
CREATE TABLE IF NOT EXISTS access_log (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    trace_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    app_id TEXT NOT NULL,
    api_id TEXT NOT NULL,
    u_api_id TEXT NOT NULL,
    level TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    source TEXT NOT NULL,
    elapsed_us INTEGER NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('success', 'failure')),
    status INTEGER NOT NULL,
    code TEXT,
    consent_id TEXT,
    customer_ref TEXT,
    key_id TEXT,
    nonce TEXT,
    content_digest TEXT,
    signature TEXT,
    weakened TEXT NOT NULL,
    fault TEXT NOT NULL,
    traceparent TEXT,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS access_log_by_consent ON access_log (consent_id) WHERE consent_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS access_log_by_customer ON access_log (customer_ref) WHERE customer_ref IS NOT NULL;
""" + guards("access_log", "the access log")

# What stands for an application or interface that nobody could be sure of: the fact is recorded, not left out.
UNKNOWN = "-"


class AccessRecord(msgspec.Struct, kw_only=True):
    """One call as the log keeps it, in the order of the table's columns. Lengths are the caller's to bound."""

    trace_id: str
    at_ms: int
    app_id: str | None = None
    api_id: str | None = None
    u_api_id: str = UNKNOWN
    level: str = UNKNOWN
    method: str
    path: str
    source: str
    elapsed_us: int
    result: str  # "success" | "failure"
    status: int
    code: str | None = None
    consent_id: str | None = None
    customer_ref: str | None = None
    key_id: str | None = None
    nonce: str | None = None
    content_digest: str | None = None
    # The Signature-Input and Signature of the request: evidence that its sender cannot deny (7.2.2).
    signature: str | None = None
    # The names of the defences left out when the call ran, separated by blanks; "" for a whole bank.
    weakened: str = ""
    # The sandbox's faults that befell the call, separated by blanks; "" for a call that none befell.
    fault: str = ""
    # The caller's own name for what it is doing, as it came (W3C Trace Context): a claim, which proves nothing.
    traceparent: str | None = None

    def __post_init__(self) -> None:
        self.app_id = self.app_id or UNKNOWN
        self.api_id = self.api_id or UNKNOWN


COLUMNS = ("serial", *AccessRecord.__struct_fields__)
_LAST = "SELECT serial, hash FROM access_log ORDER BY serial DESC LIMIT 1"
_INSERT = f"INSERT INTO access_log VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"  # noqa: S608 - our own columns
_ALL = "SELECT * FROM access_log WHERE serial > ? ORDER BY serial"
# Only a published interface has an identifier of Appendix B; the bank's own pages and OAuth endpoints have none.
_USES = "SELECT count(*) FROM access_log WHERE consent_id = ? AND result = 'success' AND u_api_id <> '-'"
_CALLS = (
    "SELECT at_ms, api_id, result, status, code, trace_id FROM access_log"
    " WHERE consent_id = ? AND u_api_id <> '-' ORDER BY serial DESC LIMIT ?"
)
_OF_APPLICATION = (
    "SELECT * FROM access_log WHERE serial BETWEEN ? AND ? AND app_id = ? AND (? = '' OR trace_id = ?)"
    " AND (? = 0 OR result = 'failure') AND api_id NOT LIKE 'portal.%' AND api_id NOT LIKE 'ebank.%'"
    " AND api_id NOT LIKE 'oauth.authorize%' AND api_id NOT LIKE 'console.%' ORDER BY serial DESC LIMIT ?"
)
_LAST_USES = (
    "SELECT api_id, max(at_ms) FROM access_log WHERE serial >= ? AND app_id = ? AND result = 'success'"
    " AND u_api_id <> '-' GROUP BY api_id"
)
# How far back an application's own calls are looked for: a page must not read a whole year's log.
_LOOKED_BACK = 50_000
_COUNTER = "SELECT seq FROM sqlite_sequence WHERE name = 'access_log'"


class _Executes(Protocol):
    """What a sqlite-utils ``Database`` and a plain ``sqlite3.Connection`` have in common."""

    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...


def append(db: _Executes, record: AccessRecord) -> int:
    """Chain one record within the caller's write transaction; returns its serial number, which counts up by one.

    The caller must hold the write lock (``Store.write``): the last hash is read and followed here.
    """
    last = db.execute(_LAST).fetchone()
    serial, previous = (last[0] + 1, last[1]) if last else (1, hashchain.GENESIS)
    values = (serial, *msgspec.structs.astuple(record))
    db.execute(_INSERT, (*values, hashchain.link(previous, dict(zip(COLUMNS, values, strict=True)))))
    return serial


class AccessLog:
    """The log for calls that end without a write transaction of their own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, record: AccessRecord) -> int:
        """Append in a transaction of its own; returns the serial number."""
        with self._store.write() as db:
            return append(db, record)

    def uses_of(self, consent_id: str) -> int:
        """How many calls of published interfaces a consent has let through, for its user to see (9.3.2)."""
        return int(self._store.read(_USES, (consent_id,))[0][0])

    def of_application(
        self, app_id: str, limit: int, *, before: int | None = None, trace_id: str = "", failures: bool = False
    ) -> list[tuple[int, AccessRecord]]:
        """Serial and record of an application's newest calls among the bank's last 50,000, newest first.

        ``before``: only those with a smaller serial. Visits of pages are not calls: developers' of the portal, and
        users', whose addresses are not the application's business.
        """
        newest = before - 1 if before is not None else self._newest()
        params = (newest - _LOOKED_BACK, newest, app_id, trace_id, trace_id, int(failures), limit)
        rows = self._store.read(_OF_APPLICATION, params)
        return [(row[0], AccessRecord(**dict(zip(COLUMNS[1:], row[1:-1], strict=True)))) for row in rows]

    def outcomes_of(self, trace_ids: Sequence[str], first: int, last: int) -> dict[str, str | None]:
        """Trace id -> code of the refusal, None for a success; of those that stand between two serial numbers."""
        marks = ", ".join("?" * len(trace_ids))
        sql = f"SELECT trace_id, code FROM access_log WHERE serial BETWEEN ? AND ? AND trace_id IN ({marks})"  # noqa: S608
        return dict(self._store.read(sql, (first, last, *trace_ids)))

    def last_uses(self, app_id: str) -> dict[str, int]:
        """When (ms) each interface last served an application, by API_ID, among the bank's last 50,000 calls."""
        return dict(self._store.read(_LAST_USES, (self._newest() - _LOOKED_BACK, app_id)))

    def _newest(self) -> int:
        found = self._store.read(_LAST)
        return int(found[0][0]) if found else 0

    def calls_under(self, consent_id: str, limit: int) -> list[CallUnderConsent]:
        """The newest ``limit`` calls of published interfaces under a consent, refused ones included."""
        return [CallUnderConsent(*row) for row in self._store.read(_CALLS, (consent_id, limit))]


@dataclass(frozen=True, slots=True)
class CallUnderConsent:
    """One use of a consent, or a refused try, as its user may see it. ``code``: why it was refused."""

    at_ms: int
    api_id: str
    result: str
    status: int
    code: str | None
    trace_id: str


def verify(store: Store) -> Verdict:
    """Walk the live chain on from where its archived part ends, in constant memory.

    0. the table has the columns of a record: another in its place is no log;
    1. to 3. as ``hashchain.verify_numbered``, over every column, up to the serial that SQLite handed out last.

    ``count`` includes the archived records, which ``records.archives`` walks.
    """
    if [column[1] for column in store.read("PRAGMA table_info(access_log)")] != [*COLUMNS, "hash"]:
        return Verdict(0, 1, hashchain.GENESIS.hex())
    handed_out, (archived, start) = store.read(_COUNTER), end_of_archived(store, "access_log")
    newest = handed_out[0][0] if handed_out else 0
    return hashchain.verify_numbered(_records(store, archived), newest, archived, start)


def _records(store: Store, archived: int) -> Iterator[tuple[int, dict[str, Any], bytes]]:
    for row in store.db.execute(_ALL, (archived,)):
        yield row[0], dict(zip(COLUMNS, row[:-1], strict=True)), row[-1]
