"""The operations for the bank's own pages; no application reaches them.

Answers are fresh dicts in the units of the inside (``_fen``, ``_ms``), masked. No ``account_id`` leaves the bank.
"""

from __future__ import annotations

import sqlite3

from bank_sim.core.accounts import account_of, accounts_of_customer
from bank_sim.core.customers import customer
from bank_sim.core.enquiries import customer_id_of
from bank_sim.core.ledger import balance_of
from bank_sim.core.payees import payee_of
from bank_sim.corelink import OperationRequest, Result
from bank_sim.sdk.protocol.masking import mask_account


def describe_customer(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """customer_id -> ``customer_id``, ``name_masked``, ``phone_masked``."""
    return customer(db, customer_id_of(request))._asdict()


def list_accounts_of_customer(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """customer_id -> ``accounts`` to choose from, with ``account_id`` and available balance."""
    return {
        "accounts": [
            {
                "account_id": account.account_id,
                "account_masked": mask_account(account.account_number),
                "account_class": account.account_class,
                "currency": account.currency,
                "state": account.state,
                "available_balance_fen": balance_of(db, account.account_id).available_fen,
            }
            for account in accounts_of_customer(db, customer_id_of(request))
        ]
    }


def holder_of_account(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """params ``account_id`` -> ``customer_id`` of whose it is."""
    return {"customer_id": account_of(db, request.params["account_id"]).customer_id}


def resolve_payee(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """body ``creditor_account``, ``creditor_name`` -> the payee, known. PAYEE_MISMATCH."""
    payee = payee_of(db, request.body["creditor_account"], request.body["creditor_name"])
    return {
        "creditor_account_id": payee.account.account_id,
        "creditor_account_masked": payee.number_masked,
        "creditor_name_masked": payee.name_masked,
    }
