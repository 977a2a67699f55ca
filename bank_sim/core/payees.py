"""Who is paid: an account or card number and a name that must go together at this bank.

An unknown number and a wrong name are refused alike and at like cost, so that nobody learns here which accounts exist
or whose they are.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from bank_sim.core.accounts import Account, account_by_number, account_of
from bank_sim.core.customers import bears_name, customer
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.masking import mask_account


class Payee(NamedTuple):
    """``number`` is the one that the payer gave: of the account or of its card."""

    account: Account
    number: str
    number_masked: str
    name_masked: str


def payee_of(db: sqlite3.Connection, number: str, name: str) -> Payee:
    """The payee with this number and name: PAYEE_MISMATCH unless both belong to one customer of the bank."""
    account = account_by_number(db, number)
    named = bears_name(db, account.customer_id if account else None, name)
    if account is None or not named:
        raise problems.PAYEE_MISMATCH.problem()
    return Payee(account, number, mask_account(number), customer(db, account.customer_id).name_masked)


def payee_with(db: sqlite3.Connection, account_id: str) -> Payee:
    """The payee whose account a user agreed to pay into, once this bank had found that number and name go together."""
    account = account_of(db, account_id)
    number = account.account_number
    return Payee(account, number, mask_account(number), customer(db, account.customer_id).name_masked)
