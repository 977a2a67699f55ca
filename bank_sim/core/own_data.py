"""What the core holds about one customer, for that customer to take along (PIPL article 45; JR/T 0185 9.3.3).

Masked as on every page: the file ends up on machines that the bank does not know. It must not change anything.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from bank_sim.core.enquiries import customer_id_of
from bank_sim.corelink import OperationRequest, Result
from bank_sim.sdk.protocol.masking import mask_account

_CUSTOMER = "SELECT name_masked, id_number_masked, phone_masked, since_ms FROM customers WHERE customer_id = ?"
_ACCOUNTS = (
    "SELECT a.account_id, a.account_number, a.account_class, a.currency, a.state, a.opened_at_ms, l.balance_fen"
    " FROM accounts a JOIN ledger_accounts l ON l.account_id = a.account_id WHERE a.customer_id = ? ORDER BY 1"
)
_MOVEMENTS = (
    "SELECT e.posted_at_ms, e.kind, e.summary, l.amount_fen, l.balance_after_fen FROM ledger_lines l"
    " JOIN ledger_entries e ON e.entry_id = l.entry_id WHERE l.account_id = ? ORDER BY l.entry_id"
)
_ORDERS = (
    "SELECT app_id, order_no, creditor_number, amount_fen, purpose, state, created_at_ms, ended_at_ms, serial"
    " FROM transfers WHERE customer_id = ? ORDER BY created_at_ms, transfer_id"
)
_HOLDINGS = (
    "SELECT p.name, p.name_zh, h.units_e2 FROM holdings h JOIN products p ON p.product_id = h.product_id"
    " WHERE h.customer_id = ? ORDER BY h.product_id"
)
_POINTS = "SELECT points FROM points WHERE customer_id = ?"


def export_customer(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """customer_id -> ``customer``, ``accounts`` with ``movements``, ``orders``, ``holdings``, ``points``."""
    customer_id = customer_id_of(request)
    return {
        "customer": _rows(db, _CUSTOMER, customer_id)[0],
        "accounts": [_account(db, account) for account in _rows(db, _ACCOUNTS, customer_id)],
        "orders": [_masked(order, "creditor_number") for order in _rows(db, _ORDERS, customer_id)],
        "holdings": _rows(db, _HOLDINGS, customer_id),
        "points": sum(each["points"] for each in _rows(db, _POINTS, customer_id)),
    }


def _account(db: sqlite3.Connection, account: dict[str, Any]) -> dict[str, Any]:
    movements = _rows(db, _MOVEMENTS, account.pop("account_id"))
    return _masked(account, "account_number") | {"movements": movements}


def _masked(row: dict[str, Any], column: str) -> dict[str, Any]:
    return {name: mask_account(value) if name == column else value for name, value in row.items()}


def _rows(db: sqlite3.Connection, sql: str, subject: str) -> list[dict[str, Any]]:
    """Each row as column -> value; what is empty is left out."""
    found = db.execute(sql, (subject,))
    names = [column[0] for column in found.description]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None} for row in found.fetchall()
    ]
