"""Proposals: what one person asks for and another must agree to (four eyes, JR/T 0185 10.1.2 a 4).

It keeps who proposed and who decided, and lets each proposal be decided once. Who may decide is for ``permissions``;
carrying out what was agreed is the caller's, in the same transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bank_sim.sdk.protocol import problems
from bank_sim.staff.journal import masked
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS staff_proposals (
    proposal_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'withdrawn')),
    decided_by TEXT,
    decided_at_ms INTEGER,
    decision_reason TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS staff_proposals_once ON staff_proposals (kind, subject) WHERE state = 'open';
"""

ProposalKind = Literal[
    "resume_application",
    "remove_from_blacklist",
    "admit_sdk",
    "admit_application",
    "go_live",
    "publish_interface",
    "terminate_interface",
    "retire_interface",
    "rotate_bank_key",
    "destroy_archive",
    "rate_application",
    "withdraw_grant",
    "exit_application",
    "void_application",
    "release_payment",
    "delist_account",
    "grant_purpose",
    "export_log",
]
Outcome = Literal["approved", "rejected", "withdrawn"]
_COLUMNS = (
    "proposal_id, kind, subject, reason, proposed_by, proposed_at_ms, state, decided_by, decided_at_ms, decision_reason"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """``subject``: an App_ID, or ``kind:subject`` of a blacklist entry."""

    proposal_id: str
    kind: str
    subject: str
    reason: str
    proposed_by: str
    proposed_at_ms: int
    state: str
    decided_by: str | None
    decided_at_ms: int | None
    decision_reason: str | None


def propose(db: Database, kind: ProposalKind, subject: str, reason: str, proposed_by: str, now_ms: int) -> str:
    """Ask for something; returns the proposal's id. STATE_CHANGED if the same is asked for already."""
    proposal_id = f"p_{secrets.token_hex(6)}"
    added = db.execute(
        "INSERT INTO staff_proposals (proposal_id, kind, subject, reason, proposed_by, proposed_at_ms, state)"
        " VALUES (?, ?, ?, ?, ?, ?, 'open') ON CONFLICT DO NOTHING",
        (proposal_id, kind, subject, masked(reason), proposed_by, now_ms),
    ).rowcount
    if added != 1:
        raise problems.STATE_CHANGED.problem()
    return proposal_id


def settle(db: Database, proposal_id: str, outcome: Outcome, reason: str, decided_by: str, now_ms: int) -> None:
    """Decide an open proposal. STATE_CHANGED where it is none: of two who decide at once, one comes too late."""
    settled = db.execute(
        "UPDATE staff_proposals SET state = ?, decided_by = ?, decided_at_ms = ?, decision_reason = ?"
        " WHERE proposal_id = ? AND state = 'open'",
        (outcome, decided_by, now_ms, masked(reason), proposal_id),
    ).rowcount
    if settled != 1:
        raise problems.STATE_CHANGED.problem()


def find(store: Store, proposal_id: str) -> Proposal:
    """RESOURCE_NOT_FOUND."""
    rows = store.read(f"SELECT {_COLUMNS} FROM staff_proposals WHERE proposal_id = ?", (proposal_id,))  # noqa: S608
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Proposal(*rows[0])


def listed(store: Store, *, limit: int = 100) -> list[Proposal]:
    """The open ones first, then the newest."""
    sql = f"SELECT {_COLUMNS} FROM staff_proposals ORDER BY state <> 'open', proposed_at_ms DESC LIMIT ?"  # noqa: S608
    return [Proposal(*row) for row in store.read(sql, (limit,))]


def open_for(store: Store, kind: ProposalKind, subject: str) -> Proposal | None:
    """The proposal that asks for this and is not decided yet."""
    sql = f"SELECT {_COLUMNS} FROM staff_proposals WHERE kind = ? AND subject = ? AND state = 'open'"  # noqa: S608
    rows = store.read(sql, (kind, subject))
    return Proposal(*rows[0]) if rows else None


def of_kind(store: Store, kind: ProposalKind, *, limit: int = 50) -> list[Proposal]:
    """The newest first."""
    sql = f"SELECT {_COLUMNS} FROM staff_proposals WHERE kind = ? ORDER BY proposed_at_ms DESC LIMIT ?"  # noqa: S608
    return [Proposal(*row) for row in store.read(sql, (kind, limit))]


def approved_for(store: Store, kind: ProposalKind, subject: str, proposed_by: str, since_ms: int) -> bool:
    """Whether somebody agreed to what this person had proposed, then or later."""
    return bool(
        store.read(
            "SELECT 1 FROM staff_proposals WHERE kind = ? AND subject = ? AND proposed_by = ? AND state = 'approved'"
            " AND decided_at_ms >= ?",
            (kind, subject, proposed_by, since_ms),
        )
    )
