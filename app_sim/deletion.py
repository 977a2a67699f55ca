"""Deletes what the wallet holds: of one user, or all of it when the wallet leaves the bank; and signs that it did.

The statement is the SDK's (``bank_sim.sdk.deletion``): how much of what is gone, what stays and why. What the bank gave
is given back first, so that nothing outlives its record. What stays is the log, for its time, and the payments, as
proof: both know a user by a number that leads to nobody any more (JR/T 0185 9.3.3-4, 9.4 b; PIPL article 47).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlite_utils import Database

from app_sim.agreements import Agreements
from app_sim.bank import Bank, problems
from app_sim.journal import Journal
from app_sim.links import Links
from app_sim.orderbook import OrderBook
from app_sim.sessions import Sessions
from app_sim.store import Store
from app_sim.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS deletions (
    deletion_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('user', 'everything')),
    statement TEXT NOT NULL
) STRICT;
"""

_OF_USER = ("sessions", "flows", "links", "agreements", "users")
"""Tables whose rows of a user go; links and agreements once their tokens have been given back."""
_EVERYTHING = (*_OF_USER, "event_nonces", "bank_events")
KEPT = {
    "journal": "the log is kept for its time (JR/T 0185 9.3.4-3), by numbers that lead to nobody",
    "payments": "proof of payments, by masked account numbers (JR/T 0185 9.3.3-3)",
    "debits": "proof of payments, by masked account numbers (JR/T 0185 9.3.3-3)",
    "receipts": "proof of payments, as the wallet and the bank signed them (JR/T 0185 7.2.2)",
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Those parts of the wallet that hold something."""

    store: Store
    vault: Vault
    bank: Bank
    journal: Journal
    sessions: Sessions
    links: Links
    agreements: Agreements
    book: OrderBook


class Deletion:
    """``of_user`` at a user's wish, ``of_everything`` when the bank says that the wallet has left it."""

    def __init__(self, holder: Holder, now_ms: Callable[[], int]) -> None:
        self._holder = holder
        self._now_ms = now_ms

    def of_user(self, user_id: str) -> str:
        """Delete a user; the signed statement. TRANSFER_STATE while the result of a payment is unknown.

        When the bank cannot be told that its access is given back, a ``Problem``, and the user stays.
        """
        own = self._holder
        if own.book.pending(user_id):
            raise problems.TRANSFER_STATE.problem("The result of a payment is unknown; have it queried first.")
        counts = {table: self._count(table, user_id) for table in _OF_USER}
        own.links.unlink(user_id)
        own.agreements.forget(user_id)
        own.sessions.forget(user_id)
        statement = own.bank.state_deletion(counts, KEPT)
        with own.store.write() as db:
            db.execute("DELETE FROM links WHERE user_id = ?", (user_id,))
            self._note(db, "user", statement)
        own.store.leave_no_trace()
        return statement

    def of_everything(self) -> str:
        """Delete all that was obtained through the bank, and every user with it; the signed statement.

        Access is not given back: the bank has voided it. App_Secret goes too; the keys stay until the next founding,
        for the statement must be verifiable, and they open nothing any more.
        """
        own = self._holder
        counts = {table: self._count(table, None) for table in _EVERYTHING}
        counts["app_secret"] = int(own.vault.drop("app-secret"))
        statement = own.bank.state_deletion(counts, KEPT)
        with own.store.write() as db:
            for table in _EVERYTHING:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own tables
            self._note(db, "everything", statement)
            own.journal.event(db, "deleted_everything", None)
        own.store.leave_no_trace()
        own.bank.reload()
        return statement

    def newest(self) -> str | None:
        """The statement of the last deletion of everything; None where there was none."""
        row = self._holder.store.row(
            "SELECT statement FROM deletions WHERE scope = 'everything' ORDER BY deletion_id DESC LIMIT 1"
        )
        return None if row is None else str(row["statement"])

    def _count(self, table: str, user_id: str | None) -> int:
        """How many rows there are, of one user or of all (None)."""
        condition, parameters = ("user_id = ?", (user_id,)) if user_id is not None else ("1", ())
        return int(self._holder.store.read(f"SELECT count(*) FROM {table} WHERE {condition}", parameters)[0][0])  # noqa: S608

    def _note(self, db: Database, scope: str, statement: str) -> None:
        db.execute(
            "INSERT INTO deletions (at_ms, scope, statement) VALUES (?, ?, ?)", (self._now_ms(), scope, statement)
        )
