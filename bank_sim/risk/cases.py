"""Cases: each hit that somebody of the bank must look at, from its opening to its end (JR/T 0185 10.2.3-3.1, -4).

    review    a payment is held          open ─take─▶ taken ─release─▶ released | ─refuse─▶ refused
    refused   a payment was refused      open ─take─▶ taken ─close──▶ closed
    posted    a payment is reported      likewise

Moving money is not done here: who ends a review does it in the same transaction. Time limits are ``watching``'s.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bank_sim.corelink import ProposedPayment
from bank_sim.policy import Policy
from bank_sim.risk.rules import Verdict
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS risk_cases (
    case_id INTEGER PRIMARY KEY,
    transfer_id TEXT NOT NULL UNIQUE,
    app_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    consent_id TEXT,
    amount_fen INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('review', 'refused', 'posted')),
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'released', 'refused', 'closed')),
    opened_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    taken_by TEXT,
    taken_ms INTEGER,
    ended_by TEXT,
    ended_ms INTEGER,
    suspicious INTEGER NOT NULL DEFAULT 0,
    alarmed INTEGER NOT NULL DEFAULT 0,
    CHECK ((state IN ('open', 'taken')) = (ended_ms IS NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS risk_cases_running ON risk_cases (due_ms) WHERE ended_ms IS NULL;
CREATE INDEX IF NOT EXISTS risk_cases_of ON risk_cases (customer_id, opened_ms) WHERE ended_ms IS NULL;
CREATE INDEX IF NOT EXISTS risk_cases_new ON risk_cases (case_id) WHERE alarmed = 0;
CREATE TABLE IF NOT EXISTS risk_case_notes (
    case_id INTEGER NOT NULL REFERENCES risk_cases,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    step TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS risk_case_notes_of ON risk_case_notes (case_id);
"""

Kind = Literal["review", "refused", "posted"]
State = Literal["open", "taken", "released", "refused", "closed"]
Step = Literal["open", "take", "note", "release", "refuse", "close", "report", "escalate"]
THE_BANK = "bank"
"""Whoever does what a date brings about."""
NOBODY_DECIDED = "nobody decided by the time it was due"

_KIND_OF: dict[Verdict, Kind] = {"hold": "review", "reject": "refused", "pass": "posted", "step_up": "posted"}
_COLUMNS = (
    "case_id, transfer_id, app_id, customer_id, consent_id, amount_fen, kind, state, opened_ms, due_ms, taken_by,"
    " taken_ms, ended_by, ended_ms, suspicious"
)


class _Executes(Protocol):
    def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor: ...


@dataclass(frozen=True, slots=True)
class RiskCase:
    """``consent_id``: the payer's word behind it; ``due_ms``: by when somebody should have decided.

    ``suspicious``: it was reported to the authority.
    """

    case_id: int
    transfer_id: str
    app_id: str
    customer_id: str
    consent_id: str | None
    amount_fen: int
    kind: Kind
    state: State
    opened_ms: int
    due_ms: int
    taken_by: str | None
    taken_ms: int | None
    ended_by: str | None
    ended_ms: int | None
    suspicious: bool

    @property
    def is_running(self) -> bool:
        return self.ended_ms is None

    def is_overdue(self, now_ms: int) -> bool:
        return self.is_running and now_ms >= self.due_ms


@dataclass(frozen=True, slots=True)
class Note:
    """One line of what happened in a case. ``by``: a login name, or ``bank``; ``step``: what was done."""

    at_ms: int
    by: str
    step: Step
    text: str


def open_case(db: sqlite3.Connection, payment: ProposedPayment, verdict: Verdict, policy: Policy) -> None:
    """A case of its own for each payment that a rule has hit, in the transaction of its decision."""
    db.execute(
        "INSERT INTO risk_cases (transfer_id, app_id, customer_id, consent_id, amount_fen, kind, state, opened_ms,"
        " due_ms) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)",
        (
            payment.transfer_id, payment.app_id, payment.customer_id, payment.consent_id, payment.amount_fen,
            _KIND_OF[verdict], payment.at_ms, payment.at_ms + policy.risk_case_s * 1000,
        ),
    )  # fmt: skip


def take(db: _Executes, case_id: int, by: str, text: str, now_ms: int) -> None:
    """Somebody takes the case upon themselves. STATE_CHANGED where somebody else was quicker."""
    taken = db.execute(
        "UPDATE risk_cases SET state = 'taken', taken_by = ?, taken_ms = ? WHERE case_id = ? AND state = 'open'",
        (by, now_ms, case_id),
    ).rowcount
    if taken != 1:
        raise problems.STATE_CHANGED.problem()
    note(db, case_id, by, "take", text, now_ms)


def end(
    db: _Executes, case: RiskCase, step: Literal["release", "refuse", "close"], by: str, text: str, now_ms: int
) -> None:
    """The case is decided. ILLEGAL_TRANSITION for a step that its kind does not have, STATE_CHANGED where it ended."""
    if (case.kind == "review") == (step == "close"):
        raise problems.ILLEGAL_TRANSITION.problem()
    state = {"release": "released", "refuse": "refused", "close": "closed"}[step]
    ended = db.execute(
        "UPDATE risk_cases SET state = ?, ended_by = ?, ended_ms = ? WHERE case_id = ? AND ended_ms IS NULL",
        (state, by, now_ms, case.case_id),
    ).rowcount
    if ended != 1:
        raise problems.STATE_CHANGED.problem()
    note(db, case.case_id, by, step, text, now_ms)


def mark_suspicious(db: _Executes, case_id: int, by: str, text: str, now_ms: int) -> None:
    """It is reported as suspicious, once: STATE_CHANGED."""
    marked = db.execute(
        "UPDATE risk_cases SET suspicious = 1 WHERE case_id = ? AND suspicious = 0", (case_id,)
    ).rowcount
    if marked != 1:
        raise problems.STATE_CHANGED.problem()
    note(db, case_id, by, "report", text, now_ms)


def note(db: _Executes, case_id: int, by: str, step: Step, text: str, now_ms: int) -> None:
    db.execute("INSERT INTO risk_case_notes VALUES (?, ?, ?, ?, ?)", (case_id, now_ms, by, step, text))


def find(store: Store, case_id: int) -> RiskCase:
    """RESOURCE_NOT_FOUND."""
    found = _select(store, "case_id = ?", case_id)
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return found[0]


def running(store: Store) -> list[RiskCase]:
    """What waits for somebody, the most urgent first."""
    return _select(store, "ended_ms IS NULL ORDER BY due_ms, case_id")


def ended(store: Store, limit: int = 30) -> list[RiskCase]:
    """What is over, the latest first."""
    return _select(store, "ended_ms IS NOT NULL ORDER BY ended_ms DESC, case_id DESC LIMIT ?", limit)


def due_before(store: Store, moment_ms: int) -> list[RiskCase]:
    return _select(store, "ended_ms IS NULL AND due_ms <= ? ORDER BY due_ms", moment_ms)


def notes_of(store: Store, case_id: int) -> list[Note]:
    """The oldest first."""
    sql = "SELECT at_ms, by, step, text FROM risk_case_notes WHERE case_id = ? ORDER BY at_ms, rowid"
    return [Note(*row) for row in store.read(sql, (case_id,))]


def _select(store: Store, condition: str, *values: int) -> list[RiskCase]:
    rows = store.read(f"SELECT {_COLUMNS} FROM risk_cases WHERE {condition}", values)  # noqa: S608
    return [RiskCase(*[*row[:14], bool(row[14])]) for row in rows]
