"""Accounts that take no part in payments any more, because they were found to be involved in fraud (10.2.3-2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS risk_listed_accounts (
    listing_id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    case_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    removed_by TEXT,
    removed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS risk_listed_once ON risk_listed_accounts (account_id) WHERE removed_ms IS NULL;
"""

_COLUMNS = "listing_id, account_id, case_id, reason, by, at_ms"


@dataclass(frozen=True, slots=True)
class Listed:
    """One account on the list. ``account_id`` is the core's, which never leaves the bank; ``case_id``: found in it."""

    listing_id: int
    account_id: str
    case_id: int
    reason: str
    by: str
    at_ms: int


def add(db: Database, account_id: str, case_id: int, reason: str, by: str, now_ms: int) -> None:
    """In force from the caller's commit on. An account that is listed already stays as it is."""
    db.execute(
        "INSERT INTO risk_listed_accounts (account_id, case_id, reason, by, at_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (account_id, case_id, reason, by, now_ms),
    )


def remove(db: Database, listing_id: int, by: str, now_ms: int) -> None:
    """STATE_CHANGED where it is not listed any more."""
    removed = db.execute(
        "UPDATE risk_listed_accounts SET removed_by = ?, removed_ms = ? WHERE listing_id = ? AND removed_ms IS NULL",
        (by, now_ms, listing_id),
    ).rowcount
    if removed != 1:
        raise problems.STATE_CHANGED.problem()


def require_unlisted(db: Database, transfer_id: str) -> None:
    """RISK_REJECTED where payer's or payee's account is listed by now."""
    listed = db.execute(
        "SELECT 1 FROM risk_decisions d JOIN risk_listed_accounts l"
        " ON l.account_id IN (d.debtor_account_id, d.creditor_account_id)"
        " WHERE d.transfer_id = ? AND l.removed_ms IS NULL",
        (transfer_id,),
    )
    if listed.fetchone():
        raise problems.RISK_REJECTED.problem()


def find(store: Store, listing_id: int) -> Listed:
    """RESOURCE_NOT_FOUND."""
    found = _select(store, "listing_id = ? AND removed_ms IS NULL", listing_id)
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return found[0]


def listed(store: Store) -> list[Listed]:
    """The newest first."""
    return _select(store, "removed_ms IS NULL ORDER BY at_ms DESC, listing_id DESC")


def _select(store: Store, condition: str, *values: int) -> list[Listed]:
    return [
        Listed(*row)
        for row in store.read(f"SELECT {_COLUMNS} FROM risk_listed_accounts WHERE {condition}", values)  # noqa: S608
    ]
