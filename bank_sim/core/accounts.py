"""Accounts of customers: classes I, II and III, their numbers and cards. What stands on them is the ledger's.

PBC notice Yinfa [2015] 392: class I is the full account with a card; classes II and III are electronic accounts, bound
to a class I account of the same person, with limited payments to others (``limits``).
"""

from __future__ import annotations

import sqlite3
from typing import Literal, NamedTuple

from bank_sim.core import ledger
from bank_sim.sdk.protocol import problems

AccountClass = Literal["I", "II", "III"]

_SELECT = (
    "SELECT account_id, customer_id, account_number, account_class, bound_account_id, currency, state FROM accounts"
)
_BY_ID = _SELECT + " WHERE account_id = ?"
_BY_CUSTOMER = _SELECT + " WHERE customer_id = ? AND state <> 'closed' ORDER BY account_id"


class Account(NamedTuple):
    """One account of a customer. ``bound_account_id``: the class I account that a class II or III is bound to."""

    account_id: str
    customer_id: str
    account_number: str
    account_class: AccountClass
    bound_account_id: str | None
    currency: str
    state: str


def open_account(db: sqlite3.Connection, account: Account, opened_at_ms: int) -> None:
    """Open an account with nothing on it. ValueError unless it is class I or bound to one of the same customer."""
    if account.account_class == "I":
        if account.bound_account_id is not None:
            raise ValueError("a class I account is bound to no other")
    else:
        bound = account_of(db, account.bound_account_id or "")
        if (bound.account_class, bound.customer_id) != ("I", account.customer_id):
            raise ValueError("an account of class II or III is bound to a class I account of the same customer")
    ledger.open_ledger_account(db, account.account_id, "customer")
    db.execute(
        "INSERT INTO accounts (account_id, customer_id, account_number, account_class, bound_account_id, currency,"
        " state, opened_at_ms) VALUES (?,?,?,?,?,?,?,?)",
        (*account, opened_at_ms),
    )


def issue_card(db: sqlite3.Connection, account_id: str, card_number: str) -> None:
    db.execute("INSERT INTO cards (card_number, account_id) VALUES (?,?)", (card_number, account_id))


def account_of(db: sqlite3.Connection, account_id: str) -> Account:
    """RESOURCE_NOT_AUTHORIZED when there is none."""
    row = db.execute(_BY_ID, (account_id,)).fetchone()
    if row is None:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem(reason="no such account")
    return Account(*row)


def account_by_number(db: sqlite3.Connection, number: str) -> Account | None:
    """The account that bears this account number, or this card."""
    row = db.execute(
        "SELECT account_id FROM accounts WHERE account_number = ?1"
        " UNION ALL SELECT account_id FROM cards WHERE card_number = ?1",
        (number,),
    ).fetchone()
    return account_of(db, row[0]) if row else None


def accounts_of_customer(db: sqlite3.Connection, customer_id: str) -> list[Account]:
    """Every account that is not closed, in the order of opening (identifiers count up)."""
    return [Account(*row) for row in db.execute(_BY_CUSTOMER, (customer_id,))]


def require_usable(account: Account) -> None:
    """ACCOUNT_NOT_USABLE for an account that is frozen or closed."""
    if account.state != "active":
        raise problems.ACCOUNT_NOT_USABLE.problem(reason=f"account is {account.state}")
