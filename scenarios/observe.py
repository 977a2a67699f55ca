"""Reads what the parties wrote, from outside and without asking them: the bank's books and its access log.

It changes nothing. What a scenario claims about money or records is claimed by what stands here, not by what an
answer said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from scenarios.home import Home


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer in the books: from whose account number to whose, in fen, through which application."""

    serial: str
    debtor_number: str
    creditor_number: str
    amount_fen: int
    app_id: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in the bank's files: the newest access record and the newest entry in the books."""

    access_serial: int
    entry_id: int


_POSTINGS = """
SELECT t.serial, d.account_number, c.account_number, t.amount_fen, t.app_id
FROM ledger_entries e
JOIN transfers t ON t.transfer_id = e.transfer_id
JOIN accounts d ON d.account_id = t.debtor_account_id
JOIN accounts c ON c.account_id = t.creditor_account_id
WHERE e.entry_id > ? ORDER BY e.entry_id
"""
_BALANCE = """
SELECT l.balance_fen FROM ledger_accounts l JOIN accounts a ON a.account_id = l.account_id WHERE a.account_number = ?
"""


class Bank:
    """The bank's database, read-only; each question sees what is committed at that moment."""

    def __init__(self, home: Home) -> None:
        self._uri = f"{(home.party('bank') / 'bank.db').as_uri()}?mode=ro"

    def mark(self) -> Mark:
        with self._open() as db:
            serial = db.execute("SELECT coalesce(max(serial), 0) FROM access_log").fetchone()[0]
            entry_id = db.execute("SELECT coalesce(max(entry_id), 0) FROM ledger_entries").fetchone()[0]
        return Mark(serial, entry_id)

    def postings_since(self, mark: Mark) -> list[Posting]:
        """Transfers that entered the books after ``mark``."""
        with self._open() as db:
            return [Posting(*row) for row in db.execute(_POSTINGS, (mark.entry_id,))]

    def records_since(self, mark: Mark) -> list[dict[str, Any]]:
        """Access records after ``mark``, each as column -> value, without the chain's hash."""
        with self._open() as db:
            db.row_factory = sqlite3.Row
            rows = db.execute("SELECT * FROM access_log WHERE serial > ? ORDER BY serial", (mark.access_serial,))
            return [{name: row[name] for name in row.keys() if name != "hash"} for row in rows]  # noqa: SIM118

    def balance_fen(self, account_number: str) -> int:
        """What the books say stands on an account."""
        with self._open() as db:
            row = db.execute(_BALANCE, (account_number,)).fetchone()
        if row is None:
            raise LookupError("the bank has no such account")
        return int(row[0])

    def account_numbers(self, login_name: str) -> dict[str, str]:
        """A customer's account numbers by class: ``{"I": …, "II": …, "III": …}``, as printed on their papers."""
        with self._open() as db:
            rows = db.execute(
                "SELECT a.account_class, a.account_number FROM accounts a"
                " JOIN credentials c ON c.customer_id = a.customer_id WHERE c.login_name = ?",
                (login_name,),
            )
            return dict(rows.fetchall())

    def signed_statements(self, login_name: str) -> list[str]:
        """What a customer's phones signed with their owner's approval, as the bank keeps it."""
        with self._open() as db:
            rows = db.execute(
                "SELECT p.signed FROM approvals p JOIN credentials c ON c.customer_id = p.customer_id"
                " WHERE c.login_name = ? AND p.state = 'approve'",
                (login_name,),
            )
            return [str(signed) for (signed,) in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._uri, uri=True)) as db:
            yield db
