"""What the auditor reads: entries, lines, balances, transfers, holds, usage, decisions, as they stand at one instant.

Reads only. Shares no code with the modules that write these tables.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple


class Entry(NamedTuple):
    """An entry, by its number."""

    kind: str
    transfer_id: str | None
    posted_at_ms: int


class Account(NamedTuple):
    """An account of the ledger, by its id, joined with what is known of a customer's."""

    side: str
    balance_fen: int
    held_fen: int
    customer_id: str | None
    account_class: str | None
    bound_account_id: str | None


class Transfer(NamedTuple):
    """A transfer, by its id."""

    app_id: str
    state: str
    debtor: str
    creditor: str
    amount_fen: int
    ended_at_ms: int | None
    serial: str | None


class Decision(NamedTuple):
    """What was decided on a transfer's risk, and where the case stands that was opened for it; None: there is none."""

    verdict: str
    case_state: str | None


@dataclass(slots=True)
class Books:
    """The whole of it.

    ``lines``           of each account in the order of posting: entry, amount, balance after it
    ``lines_of_entry``  amounts by account, of each entry
    ``used_fen``        what counts towards limits, by account, direction and period
    ``decisions``       on the risk of transfers, by transfer
    """

    entries: dict[int, Entry]
    accounts: dict[str, Account]
    transfers: dict[str, Transfer]
    held_fen: dict[str, int]
    used_fen: dict[tuple[str, str, str], int]
    decisions: dict[str, Decision]
    lines: dict[str, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    lines_of_entry: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def read_books(db: sqlite3.Connection) -> Books:
    """Everything in one snapshot; may run inside a transaction or beside others' writing."""
    # A savepoint begins a transaction where none is open, so that every read is of the same instant.
    db.execute("SAVEPOINT audit")
    try:
        return _snapshot(db)
    finally:
        db.execute("RELEASE audit")


def _snapshot(db: sqlite3.Connection) -> Books:
    books = Books(
        entries={
            row[0]: Entry(*row[1:])
            for row in db.execute("SELECT entry_id, kind, transfer_id, posted_at_ms FROM ledger_entries")
        },
        accounts={
            row[0]: Account(*row[1:])
            for row in db.execute(
                "SELECT l.account_id, l.side, l.balance_fen, l.held_fen, a.customer_id, a.account_class,"
                " a.bound_account_id FROM ledger_accounts l LEFT JOIN accounts a ON a.account_id = l.account_id"
            )
        },
        transfers={
            row[0]: Transfer(*row[1:])
            for row in db.execute(
                "SELECT transfer_id, app_id, state, debtor_account_id, creditor_account_id, amount_fen, ended_at_ms,"
                " serial FROM transfers"
            )
        },
        held_fen=dict(
            db.execute("SELECT account_id, sum(amount_fen) FROM holds WHERE lifted_at_ms IS NULL GROUP BY account_id")
        ),
        used_fen={
            (row[0], row[1], row[2]): row[3]
            for row in db.execute("SELECT account_id, flow, period, used_fen FROM transfer_usage")
        },
        decisions={
            row[0]: Decision(*row[1:])
            for row in db.execute(
                "SELECT d.transfer_id, d.verdict, c.state FROM risk_decisions d"
                " LEFT JOIN risk_cases c ON c.transfer_id = d.transfer_id"
            )
        },
    )
    lines = db.execute(
        "SELECT account_id, entry_id, amount_fen, balance_after_fen FROM ledger_lines ORDER BY account_id, entry_id"
    )
    for account_id, entry_id, amount_fen, balance_after_fen in lines:
        books.lines[account_id].append((entry_id, amount_fen, balance_after_fen))
        books.lines_of_entry[entry_id][account_id] = amount_fen
    return books
