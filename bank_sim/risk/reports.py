"""What the anti-money-laundering authority is told: large values of a day, and suspicions (PBC order [2016] no. 3).

A customer's payments of one Beijing day are one report, however many rules they hit. Identifiers and sums only: who the
customer is, the core adds when a report is sent. Sending is not simulated.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bank_sim.corelink import ProposedPayment
from bank_sim.policy import Policy
from bank_sim.risk.measures import day_of
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS risk_reports (
    report_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('large_value', 'suspicious')),
    customer_id TEXT NOT NULL,
    day TEXT NOT NULL,
    payments INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    UNIQUE (kind, customer_id, day)
) STRICT;
"""

# All of a customer's day, the payment that is just being decided among them; what was refused does not count.
_OF_THE_DAY = (
    "SELECT count(*), sum(d.amount_fen) FROM risk_decisions d JOIN transfers t ON t.transfer_id = d.transfer_id"
    " WHERE d.customer_id = ? AND d.creditor_customer_id <> d.customer_id AND d.at_ms > ? AND t.state <> 'rejected'"
)
_DAY_MS = 86_400_000
_BEIJING_MS = 8 * 3_600_000


class _Executes(Protocol):
    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``due_ms``: by when it must be sent."""

    report_id: int
    kind: Literal["large_value", "suspicious"]
    customer_id: str
    day: str
    payments: int
    amount_fen: int
    made_ms: int
    due_ms: int


def add_large_value(db: sqlite3.Connection, payment: ProposedPayment, policy: Policy) -> None:
    """The customer's day as it stands with this payment, added up."""
    began_ms = (payment.at_ms + _BEIJING_MS) // _DAY_MS * _DAY_MS - _BEIJING_MS
    payments, amount_fen = db.execute(_OF_THE_DAY, (payment.customer_id, began_ms - 1)).fetchone()
    _write(db, "large_value", payment.customer_id, payment.at_ms, payments, amount_fen, policy)


def add_suspicion(db: _Executes, customer_id: str, amount_fen: int, at_ms: int, policy: Policy) -> None:
    """A payment that somebody of the bank finds suspicious, added to those of its day."""
    _write(db, "suspicious", customer_id, at_ms, 1, amount_fen, policy)


def made(store: Store, limit: int = 30) -> list[Report]:
    """The newest first."""
    sql = "SELECT * FROM risk_reports ORDER BY made_ms DESC, report_id DESC LIMIT ?"
    return [Report(*row) for row in store.read(sql, (limit,))]


def _write(
    db: _Executes, kind: str, customer_id: str, at_ms: int, payments: int, amount_fen: int, policy: Policy
) -> None:
    added = kind == "suspicious"
    db.execute(
        "INSERT INTO risk_reports (kind, customer_id, day, payments, amount_fen, made_ms, due_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (kind, customer_id, day) DO UPDATE SET"
        " payments = iif(?8, payments + ?4, ?4), amount_fen = iif(?8, amount_fen + ?5, ?5)",
        (kind, customer_id, day_of(at_ms), payments, amount_fen, at_ms, at_ms + policy.risk_report_s * 1000, added),
    )
