"""The wallet's order book: which payment stands where. It records; what follows from a state is ``payments``' to say.

A row holds the masked account numbers that the bank answered with, and neither name nor purpose (JR/T 0185 7.3.3-2,
9.3.3-2.1). ``executed`` and ``rejected`` are definite: no row leaves them. Each move is journalled with the move.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from app_sim.bank import Problem, format_fen, problems
from app_sim.journal import Journal
from app_sim.store import Store

# The amount stands here, since the bank asks for it again at execution; the journal has no amounts.
SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    order_no TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    transfer_id TEXT,
    state TEXT NOT NULL CHECK (
        state IN ('created', 'authorised', 'executing', 'unknown', 'held', 'executed', 'rejected')
    ),
    amount_fen INTEGER NOT NULL,
    debtor_account_masked TEXT CHECK (debtor_account_masked LIKE '%*%'),
    creditor_account_masked TEXT CHECK (creditor_account_masked LIKE '%*%'),
    token_sealed BLOB,
    token_expires_ms INTEGER,
    serial TEXT,
    code TEXT,
    trace_id TEXT,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS payments_of_user ON payments (user_id, created_ms);
"""

UNSETTLED = ("executing", "unknown")
HELD = "held"
"""The bank has taken the payment and looks at it before it moves the money: no end, but nothing unknown either."""

_NEXT: dict[str, frozenset[str]] = {
    "created": frozenset({"created", "authorised", "rejected"}),
    "authorised": frozenset({"executing", "executed", "rejected"}),
    "executing": frozenset({"authorised", "unknown", "held", "executed", "rejected"}),
    "unknown": frozenset({"executing", "unknown", "held", "executed", "rejected"}),
    "held": frozenset({"held", "executed", "rejected"}),
    "executed": frozenset(),
    "rejected": frozenset(),
}
"""Where a payment may go from each state."""
_ORDER_NO_BYTES = 10


@dataclass(frozen=True, slots=True)
class Payment:
    """One row. ``token_sealed`` is the one-time token of the user's confirmation, gone once the result is definite."""

    order_no: str
    user_id: str
    transfer_id: str | None
    state: str
    amount_fen: int
    debtor_account_masked: str | None
    creditor_account_masked: str | None
    token_sealed: bytes | None
    token_expires_ms: int | None
    serial: str | None
    code: str | None
    trace_id: str | None
    created_ms: int
    updated_ms: int

    @property
    def amount(self) -> str:
        return format_fen(self.amount_fen)

    @property
    def is_settled(self) -> bool:
        return self.state not in UNSETTLED


_COLUMNS = ", ".join(each.name for each in fields(Payment))


def new_order_no() -> str:
    """A number nobody can guess, so that nobody can take it first."""
    return f"LW{secrets.token_hex(_ORDER_NO_BYTES)}"


class OrderBook:
    """Reads rows and moves them from state to state."""

    def __init__(self, store: Store, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._journal = journal
        self._now_ms = now_ms

    def open(self, user_id: str, order_no: str, amount_fen: int) -> bool:
        """Enter an order; False when it stands there already, because a form was sent twice."""
        if not order_no.startswith("LW") or len(order_no) != 2 + 2 * _ORDER_NO_BYTES or not order_no.isalnum():
            raise problems.PARAM_INVALID.problem("This is not an order number of the wallet.")
        with self._store.write() as db:
            entered = db.execute(
                "INSERT INTO payments (order_no, user_id, state, amount_fen, created_ms, updated_ms)"
                " VALUES (?, ?, 'created', ?, ?, ?) ON CONFLICT DO NOTHING",
                (order_no, user_id, amount_fen, self._now_ms(), self._now_ms()),
            )
            return entered.rowcount == 1

    def payment(self, user_id: str, order_no: str) -> Payment:
        """A user's own payment; RESOURCE_NOT_AUTHORIZED for anybody else's, and for none."""
        rows = self._select("user_id = ? AND order_no = ?", user_id, order_no)
        if not rows:
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()
        return rows[0]

    def of_user(self, user_id: str, limit: int = 50) -> list[Payment]:
        """A user's payments, newest first."""
        return self._select("user_id = ? ORDER BY created_ms DESC, rowid DESC LIMIT ?", user_id, limit)

    def unsettled(self, user_id: str | None = None) -> list[Payment]:
        """Payments whose result is unknown, oldest first: of one user, or of all."""
        return self._select("state IN (?, ?) AND user_id = ifnull(?, user_id) ORDER BY rowid", *UNSETTLED, user_id)

    def pending(self, user_id: str | None = None) -> list[Payment]:
        """Payments that the bank may still execute without another word from here: unknown ones, and held ones."""
        states = (*UNSETTLED, HELD)
        return self._select("state IN (?, ?, ?) AND user_id = ifnull(?, user_id) ORDER BY rowid", *states, user_id)

    def of_transfer(self, transfer_id: str) -> Payment | None:
        """The payment that the bank knows by this name."""
        found = self._select("transfer_id = ?", transfer_id)
        return found[0] if found else None

    def of_order(self, order_no: str) -> Payment | None:
        """Whosever it is."""
        found = self._select("order_no = ?", order_no)
        return found[0] if found else None

    def unordered(self) -> list[Payment]:
        """Orders that the bank never confirmed to have received."""
        return self._select("state = 'created' AND transfer_id IS NULL")

    def move(self, payment: Payment, state: str, *, problem: Problem | None = None, **facts: Any) -> bool:
        """Put a payment into a state, with what is known by then.

        False, and nothing done, when no way leads there or the payment has left ``payment.state`` meanwhile.
        A definite state takes the one-time token away with it. The journal hears of every change, and of the bank's
        acknowledgement of the order.
        """
        if state not in _NEXT[payment.state]:
            return False
        if not _NEXT[state]:
            facts |= {"token_sealed": None, "token_expires_ms": None}
        facts |= {"code": problem and problem.code, "trace_id": problem and problem.members.get("trace_id")}
        columns = "".join(f", {name} = ?" for name in facts)
        with self._store.write() as db:
            row = db.execute(
                f"UPDATE payments SET state = ?, updated_ms = ?{columns}"  # noqa: S608 - our own column names
                " WHERE order_no = ? AND state = ? RETURNING user_id, debtor_account_masked",
                (state, self._now_ms(), *facts.values(), payment.order_no, payment.state),
            ).fetchone()
            if row is not None and (state != payment.state or "transfer_id" in facts):
                self._journal.transaction(
                    db, row["user_id"], state, payment.order_no, row["debtor_account_masked"], problem
                )
        return row is not None

    def _select(self, condition: str, *parameters: Any) -> list[Payment]:
        rows: list[sqlite3.Row] = self._store.read(
            f"SELECT {_COLUMNS} FROM payments WHERE {condition}",  # noqa: S608 - constant conditions
            parameters,
        )
        return [Payment(*row) for row in rows]
