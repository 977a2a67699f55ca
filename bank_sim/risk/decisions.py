"""The decision on each payment: who paid whom, which rules struck, what the verdict was. Written once, kept as it is.

One for each transfer, in the transaction that moves, holds or refuses its money. Payments are judged against it, too:
it is the bank's memory of what customers paid through applications. Only identifiers and amounts stand here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from bank_sim.corelink import ProposedPayment
from bank_sim.risk.rules import Verdict
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS risk_decisions (
    decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
    transfer_id TEXT NOT NULL UNIQUE,
    app_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    debtor_account_id TEXT NOT NULL,
    creditor_account_id TEXT NOT NULL,
    creditor_customer_id TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    factors TEXT NOT NULL,
    standing INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'step_up', 'hold', 'reject')),
    rules TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS risk_decisions_of ON risk_decisions (customer_id, at_ms, amount_fen);
CREATE INDEX IF NOT EXISTS risk_decisions_to ON risk_decisions (creditor_customer_id, at_ms);
CREATE INDEX IF NOT EXISTS risk_decisions_between ON risk_decisions (customer_id, creditor_account_id);
""" + append_only("risk_decisions")

_COLUMNS = (
    "decision_id, transfer_id, app_id, customer_id, debtor_account_id, creditor_account_id, creditor_customer_id,"
    " amount_fen, at_ms, factors, standing, verdict, rules"
)


# Of the newest ones: a page must not grow slow with the years.
_COUNTED = """
SELECT verdict, count(*) FROM risk_decisions
WHERE decision_id > (SELECT ifnull(max(decision_id), 0) FROM risk_decisions) - 20000 AND at_ms >= ? GROUP BY verdict
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """``rules``: the ids of those that struck, in their order; ``factors``: what the payer had confirmed it with."""

    decision_id: int
    transfer_id: str
    app_id: str
    customer_id: str
    debtor_account_id: str
    creditor_account_id: str
    creditor_customer_id: str
    amount_fen: int
    at_ms: int
    factors: tuple[str, ...]
    standing: bool
    verdict: Verdict
    rules: tuple[str, ...]


def decide(db: sqlite3.Connection, payment: ProposedPayment, verdict: Verdict, rules: tuple[str, ...]) -> None:
    """Put the decision on record, in the transaction that acts upon it."""
    db.execute(
        "INSERT INTO risk_decisions (transfer_id, app_id, customer_id, debtor_account_id, creditor_account_id,"
        " creditor_customer_id, amount_fen, at_ms, factors, standing, verdict, rules)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            payment.transfer_id, payment.app_id, payment.customer_id, payment.debtor_account_id,
            payment.creditor_account_id, payment.creditor_customer_id, payment.amount_fen, payment.at_ms,
            " ".join(payment.factors), int(payment.standing), verdict, " ".join(rules),
        ),
    )  # fmt: skip


def decision_on(store: Store, transfer_id: str) -> Decision | None:
    rows = _select(store, "transfer_id = ?", (transfer_id,))
    return rows[0] if rows else None


def of_customer(store: Store, customer_id: str, limit: int = 10) -> list[Decision]:
    """What a customer paid through applications, the newest first."""
    return _select(store, "customer_id = ? ORDER BY at_ms DESC, decision_id DESC LIMIT ?", (customer_id, limit))


def counted(store: Store, since_ms: int) -> dict[str, int]:
    """How many of the newest decisions, 20,000 at most, came to each verdict since then."""
    return dict(store.read(_COUNTED, (since_ms,)))


def _select(store: Store, condition: str, values: tuple[str | int, ...]) -> list[Decision]:
    rows = store.read(f"SELECT {_COLUMNS} FROM risk_decisions WHERE {condition}", values)  # noqa: S608
    return [_decision(*row) for row in rows]


def _decision(*row: Any) -> Decision:
    *facts, factors, standing, verdict, rules = row
    return Decision(*[*facts, tuple(factors.split()), bool(standing), verdict, tuple(rules.split())])
