"""The stages of a case, as data: every step, the stages from which it may be taken, and the stage that it leads to.

    enquired → applied → submitted → verified → assessed → approved → offered → signed → agreed → testing → inspected
             → live; and rejected or withdrawn on the way

A step is one conditional UPDATE in the caller's write transaction and one line of a history that nobody rewrites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, append_only

Stage = Literal[
    "enquired", "applied", "submitted", "verified", "assessed", "approved", "offered", "signed", "agreed", "testing",
    "inspected", "live", "rejected", "withdrawn",
]  # fmt: skip
StepName = Literal[
    "apply", "submit", "return", "verify", "assess", "approve", "prove", "draw_up", "sign", "countersign", "issue",
    "inspect", "go_live", "reject", "withdraw",
]  # fmt: skip

PATH: tuple[Stage, ...] = (
    "enquired", "applied", "submitted", "verified", "assessed", "approved", "offered", "signed", "agreed", "testing",
    "inspected", "live",
)  # fmt: skip
"""The way of a case that is admitted, in order."""


@dataclass(frozen=True, slots=True)
class Step:
    """``to`` None: the case stays where it is."""

    sources: frozenset[Stage]
    to: Stage | None


def _step(sources: tuple[Stage, ...], to: Stage | None) -> Step:
    return Step(frozenset(sources), to)


STEPS: Mapping[StepName, Step] = {
    "apply": _step(("enquired",), "applied"),
    "submit": _step(("applied",), "submitted"),
    "return": _step(("submitted", "verified"), "applied"),
    "verify": _step(("submitted",), "verified"),
    "assess": _step(("verified",), "assessed"),
    "approve": _step(("assessed",), "approved"),
    "prove": _step(("approved", "offered"), None),
    "draw_up": _step(("approved",), "offered"),
    "sign": _step(("offered",), "signed"),
    "countersign": _step(("signed",), "agreed"),
    "issue": _step(("agreed",), "testing"),
    "inspect": _step(("testing",), "inspected"),
    "go_live": _step(("inspected",), "live"),
    "reject": _step(("enquired", "applied", "submitted", "verified", "assessed"), "rejected"),
    "withdraw": _step(PATH[:9], "withdrawn"),
}

_APPROVED = PATH.index("approved")
_EARLY: Mapping[tuple[StepName, str], problems.Kind] = {
    **{("issue", each): problems.NOT_APPROVED for each in PATH[:_APPROVED]},
    **{("issue", each): problems.AGREEMENT_UNSIGNED for each in ("approved", "offered", "signed")},
    ("go_live", "testing"): problems.INSPECTION_OPEN,
}
"""What is said to somebody who skips what they wait for."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS admission_history (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES admission_cases,
    at_ms INTEGER NOT NULL,
    step TEXT NOT NULL,
    from_stage TEXT,
    to_stage TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS admission_history_of ON admission_history (case_id, serial);
""" + append_only("admission_history")


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken. ``by``: a login name of the staff, or ``applicant``; ``step`` "enquire" begins a case."""

    at_ms: int
    step: str
    from_stage: str | None
    to_stage: str
    by: str
    reason: str


def require_due(step: StepName, stage: str) -> None:
    """The step may be taken now: NOT_APPROVED and its kin where something else comes first, else ILLEGAL_TRANSITION."""
    if stage in STEPS[step].sources:
        return
    if early := _EARLY.get((step, stage)):
        raise early.problem()
    raise problems.ILLEGAL_TRANSITION.problem(f"A case that is {stage} cannot {step.replace('_', ' ')}.")


def take(db: Database, case_id: str, step: StepName, stage: str, at_ms: int, by: str, reason: str) -> None:
    """Let the case stand where the step leads. ILLEGAL_TRANSITION where it is not at ``stage`` any more."""
    require_due(step, stage)
    to = STEPS[step].to or stage
    moved = db.execute(
        "UPDATE admission_cases SET stage = ? WHERE case_id = ? AND stage = ?", (to, case_id, stage)
    ).rowcount
    if moved != 1:
        raise problems.ILLEGAL_TRANSITION.problem()
    note(db, case_id, Taken(at_ms, step, stage, to, by, reason))


def note(db: Database, case_id: str, taken: Taken) -> None:
    db.execute(
        "INSERT INTO admission_history (case_id, at_ms, step, from_stage, to_stage, by, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (case_id, taken.at_ms, taken.step, taken.from_stage, taken.to_stage, taken.by, taken.reason),
    )


def history(store: Store, case_id: str) -> list[Taken]:
    """The steps of a case, the first one first."""
    rows = store.read(
        "SELECT at_ms, step, from_stage, to_stage, by, reason FROM admission_history WHERE case_id = ? ORDER BY serial",
        (case_id,),
    )
    return [Taken(*row) for row in rows]
