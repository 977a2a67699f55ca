"""The books: double entry in integer fen. Every movement of money is one entry whose lines sum to zero.

A credit is positive, a debit negative. Balances in ``ledger_accounts`` are what the lines add up to, kept so that a
debit can be judged and taken by one conditional statement. Nothing but this module writes lines or balances.
``post`` must run inside the caller's write transaction, which the caller undoes on any exception.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from bank_sim.sdk.protocol import problems

Side = Literal["customer", "bank"]
EntryKind = Literal["capital", "opening", "income", "purchase", "subscription", "transfer"]

# The bank's own accounts. Nostro: its money with the central bank, through which everything to and from other banks
# flows. Wealth: customers' money entrusted to wealth products.
NOSTRO = "bank:nostro"
EQUITY = "bank:equity"
WEALTH = "bank:wealth"
INTEREST = "bank:interest"
BANK_ACCOUNTS = (NOSTRO, EQUITY, WEALTH, INTEREST)


class Line(NamedTuple):
    """One side of an entry: positive credits the account, negative debits it."""

    account_id: str
    amount_fen: int


class Entry(NamedTuple):
    """What is to be posted. ``summary`` is what the statement says; ``transfer_id`` belongs to kind ``transfer``."""

    kind: EntryKind
    posted_at_ms: int
    summary: str | None = None
    transfer_id: str | None = None


class Balance(NamedTuple):
    """``ledger_fen`` is booked; ``held_fen`` of it is set aside, and the rest may be spent."""

    ledger_fen: int
    held_fen: int

    @property
    def available_fen(self) -> int:
        return self.ledger_fen - self.held_fen


def open_ledger_account(db: sqlite3.Connection, account_id: str, side: Side) -> None:
    db.execute("INSERT INTO ledger_accounts (account_id, side) VALUES (?,?)", (account_id, side))


def balance_of(db: sqlite3.Connection, account_id: str) -> Balance:
    """RESOURCE_NOT_AUTHORIZED when there is no such account."""
    row = db.execute("SELECT balance_fen, held_fen FROM ledger_accounts WHERE account_id = ?", (account_id,)).fetchone()
    if row is None:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem(reason="no such ledger account")
    return Balance(*row)


def balances_of(db: sqlite3.Connection, account_ids: Iterable[str]) -> dict[str, Balance]:
    """By account, all as of one moment: what moves between two of them meanwhile is never seen twice, nor missed."""
    rows = db.execute(
        "SELECT account_id, balance_fen, held_fen FROM json_each(?) JOIN ledger_accounts ON account_id = value",
        (json.dumps(list(account_ids)),),
    )
    return {account_id: Balance(*amounts) for account_id, *amounts in rows}


def post(db: sqlite3.Connection, entry: Entry, lines: Sequence[Line], *, covered: bool = True) -> int:
    """Book one entry and return its number. ``covered`` False: a training lets customers be overdrawn.

    1. The lines make an entry: two or more accounts, each once, none of zero, in sum zero (ValueError otherwise).
    2. Debits are taken before credits are given: INSUFFICIENT_FUNDS when a customer's available balance is short.
    3. Entry and lines are written, each line with the balance that it leaves behind.
    """
    _require_balanced(lines)
    if not db.in_transaction:
        raise RuntimeError("an entry is posted inside its caller's write transaction only")
    move = _move if covered else _move_uncovered
    moved = [(line, move(db, line)) for line in sorted(lines, key=lambda line: line.amount_fen)]
    cursor = db.execute(
        "INSERT INTO ledger_entries (kind, summary, transfer_id, posted_at_ms) VALUES (?,?,?,?) RETURNING entry_id",
        (entry.kind, entry.summary, entry.transfer_id, entry.posted_at_ms),
    )
    entry_id: int = cursor.fetchone()[0]
    for line, balance_after_fen in moved:
        db.execute(
            "INSERT INTO ledger_lines (account_id, entry_id, amount_fen, balance_after_fen) VALUES (?,?,?,?)",
            (line.account_id, entry_id, line.amount_fen, balance_after_fen),
        )
    return entry_id


def _require_balanced(lines: Sequence[Line]) -> None:
    if len({line.account_id for line in lines}) != len(lines) or len(lines) < 2:
        raise ValueError("an entry touches two or more accounts, each once")
    if any(line.amount_fen == 0 for line in lines) or sum(line.amount_fen for line in lines) != 0:
        raise ValueError("the lines of an entry sum to zero and none is zero")


def _move(db: sqlite3.Connection, line: Line) -> int:
    """Change one balance and return it. Judging and taking are one statement, so nothing can come in between."""
    row = db.execute(
        "UPDATE ledger_accounts SET balance_fen = balance_fen + ?2 WHERE account_id = ?1"
        " AND (side = 'bank' OR ?2 > 0 OR balance_fen - held_fen + ?2 >= 0) RETURNING balance_fen",
        (line.account_id, line.amount_fen),
    ).fetchone()
    if row is None:
        balance_of(db, line.account_id)
        raise problems.INSUFFICIENT_FUNDS.problem()
    balance_after_fen: int = row[0]
    return balance_after_fen


def _move_uncovered(db: sqlite3.Connection, line: Line) -> int:
    """Change one balance whatever stands on it: neither the statement nor the database asks."""
    db.execute("PRAGMA ignore_check_constraints = ON")
    try:
        sql = "UPDATE ledger_accounts SET balance_fen = balance_fen + ?2 WHERE account_id = ?1 RETURNING balance_fen"
        return int(db.execute(sql, (line.account_id, line.amount_fen)).fetchone()[0])
    finally:
        db.execute("PRAGMA ignore_check_constraints = OFF")
