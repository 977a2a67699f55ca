"""The wallet's log: every call to the bank and every login, authorization and transaction of its users.

Records are chained with SM3, so that a changed, inserted or removed one is noticed (JR/T 0185 12.3-2.2), and SQLite's
own counter says how many there were. Whoever rewrites the whole chain, or the counter too, is not found out here.

Of personal financial information a record holds at most a partly masked account number (7.3.3-2): no amount, name,
phone or document number has a column, and the one account column refuses a number that is not masked.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from app_sim.bank import GENESIS, BankCall, Problem, first_break, link
from app_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('login', 'authorization', 'transaction', 'call', 'event')),
    event TEXT NOT NULL,
    user_id TEXT,
    subject TEXT,
    account_masked TEXT CHECK (account_masked IS NULL OR account_masked LIKE '%*%'),
    result TEXT NOT NULL CHECK (result IN ('success', 'failure', 'unknown')),
    code TEXT,
    api_id TEXT,
    elapsed_us INTEGER,
    trace_id TEXT,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS journal_of_user ON journal (user_id, seq);
CREATE TABLE IF NOT EXISTS journal_anchors (
    through_seq INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
"""

KINDS = ("login", "authorization", "transaction")
"""What a user can look up of their own; calls to the bank belong to nobody in particular."""

_log = logging.getLogger("wallet.bank")

_COLUMNS = (
    "at_ms", "kind", "event", "user_id", "subject", "account_masked", "result", "code",
    "api_id", "elapsed_us", "trace_id",
)  # fmt: skip
_INSERT = f"INSERT INTO journal ({', '.join(_COLUMNS)}, hash) VALUES ({', '.join('?' * len(_COLUMNS))}, ?)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``verify`` found: how many records, and the ``seq`` of the first that does not hold (None: all do)."""

    count: int
    first_bad_seq: int | None


class Journal:
    """Appends to the chain and reads it back; what has had its time is ``retention``'s to remove."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms

    def login(self, db: Database, user_id: str, event: str) -> None:
        """A user came or went: ``signed_in``, ``signed_out``, ``forgotten``."""
        self._append(db, kind="login", event=event, user_id=user_id)

    def authorization(
        self, db: Database, user_id: str, event: str, subject: str | None, problem: Problem | None = None
    ) -> None:
        """Asked for, granted, refused, ended or revoked; ``subject`` is the link or order it concerns."""
        self._append(db, kind="authorization", event=event, user_id=user_id, subject=subject, **_outcome(problem))

    def transaction(
        self, db: Database, user_id: str, event: str, order_no: str, account_masked: str | None, problem: Problem | None
    ) -> None:
        """A step of a payment, by the state it reached."""
        outcome = _outcome(problem)
        if event in ("unknown", "held"):
            outcome["result"] = "unknown"
        self._append(
            db,
            kind="transaction",
            event=event,
            user_id=user_id,
            subject=order_no,
            account_masked=account_masked,
            **outcome,
        )

    def call(self, call: BankCall) -> None:
        """One message sent to the bank and what came of it, in a transaction of its own.

        A page sends several, and the disk takes longer than the bank: what matters of them, an order, a payment's step
        or fresh tokens, is written right behind in a transaction that waits, and takes this one with it.
        """
        told = {"api": call.api_id, "code": call.code, "trace_id": call.trace_id, "elapsed_us": call.elapsed_us}
        _log.info("bank called", extra={"facts": told})
        with self._store.write(outlasts_power_cut=False) as db:
            self._append(
                db,
                kind="call",
                event="sent",
                result="success" if call.code is None else "failure",
                code=call.code,
                api_id=call.api_id,
                elapsed_us=call.elapsed_us,
                trace_id=call.trace_id,
            )

    def event(self, db: Database, event: str, subject: str | None, problem: Problem | None = None) -> None:
        """The bank told something, by its type; or somebody posted what was ``refused`` as not being the bank's."""
        self._append(db, kind="event", event=event, subject=subject, **_outcome(problem))

    def history(
        self, user_id: str, kind: str | None = None, before_seq: int | None = None, limit: int = 100
    ) -> list[sqlite3.Row]:
        """One user's own logins, authorizations and transactions, newest first (JR/T 0185 12.3-2.3).

        ``kind``: only those of one of ``KINDS``; ``before_seq``: only older ones than that record.
        """
        return self._store.read(
            "SELECT * FROM journal WHERE user_id = ? AND kind NOT IN ('call', 'event') AND kind = ifnull(?, kind)"
            " AND seq < ifnull(?, seq + 1) ORDER BY seq DESC LIMIT ?",
            (user_id, kind, before_seq, limit),
        )

    def verify(self) -> Verdict:
        """Recompute the chain from its start.

        1. ``seq`` counts 1, 2, 3, … without a gap, or on from the anchor that ``retention`` has left;
        2. each hash is that of the record and the hash before it;
        3. the newest ``seq`` is the one that was handed out last: no record was cut off at the end.
        """
        anchors = self._store.read("SELECT through_seq, hash FROM journal_anchors ORDER BY through_seq DESC LIMIT 1")
        forgotten, start = (anchors[0]["through_seq"], anchors[0]["hash"]) if anchors else (0, GENESIS)
        rows = self._store.read("SELECT * FROM journal WHERE seq > ? ORDER BY seq", (forgotten,))
        gap = next((row["seq"] for position, row in enumerate(rows, forgotten + 1) if row["seq"] != position), None)
        broken = first_break(_chained(rows), start)
        counter = self._store.read("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
        last = forgotten + len(rows)
        cut = last + 1 if (counter[0]["seq"] if counter else 0) != last else None
        bad = [seq for seq in (gap, None if broken is None else rows[broken]["seq"], cut) if seq is not None]
        return Verdict(len(rows), min(bad, default=None))

    def _append(self, db: Database, **facts: Any) -> None:
        last = db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        record: dict[str, Any] = dict.fromkeys(_COLUMNS) | {"at_ms": self._now_ms(), "result": "success"} | facts
        chained = link(last["hash"] if last else GENESIS, record)
        db.execute(_INSERT, (*record.values(), chained))


def _chained(rows: list[sqlite3.Row]) -> Iterator[tuple[dict[str, Any], bytes]]:
    for row in rows:
        yield {column: row[column] for column in _COLUMNS}, row["hash"]


def _outcome(problem: Problem | None) -> dict[str, Any]:
    if problem is None:
        return {"result": "success"}
    return {"result": "failure", "code": problem.code, "trace_id": problem.members.get("trace_id")}
