"""The states of an exit as a table, the one way to move between them, and the history of all moves (JR/T 0185 9.4).

    announced → closing → settled → voided → archived → deleted → closed
    ↑   └───────────┴→ called_off
    requested ─────────────┘

An application may ask for its exit, and take that back until the bank has begun it; the bank may begin one unasked.
Each step is a conditional UPDATE inside the caller's write transaction. Whether it may be taken now is judged by
``guards``; this module only knows which step follows from which state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS exits (
    exit_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES applications,
    state TEXT NOT NULL,
    announced_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    voided_ms INTEGER,
    statement TEXT,
    statement_due_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS exits_one_at_a_time ON exits (app_id) WHERE state <> 'called_off';
CREATE TABLE IF NOT EXISTS exit_history (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    exit_id TEXT NOT NULL REFERENCES exits,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    step TEXT NOT NULL,
    to_state TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS exit_history_of ON exit_history (exit_id, serial);
""" + append_only("exit_history")

ExitState = Literal[
    "requested", "announced", "closing", "settled", "voided", "archived", "deleted", "closed", "called_off"
]
ExitStep = Literal["announce", "stop", "settle", "void", "archive", "prove", "close", "call_off", "withdraw"]

PATH: tuple[ExitState, ...] = ("announced", "closing", "settled", "voided", "archived", "deleted", "closed")
"""The way of an exit that is gone to its end, in order."""

TRANSITIONS: Mapping[ExitStep, tuple[frozenset[ExitState], ExitState]] = {
    "announce": (frozenset({"requested"}), "announced"),
    "withdraw": (frozenset({"requested"}), "called_off"),
    "stop": (frozenset({"announced"}), "closing"),
    "settle": (frozenset({"closing"}), "settled"),
    "void": (frozenset({"settled"}), "voided"),
    "archive": (frozenset({"voided"}), "archived"),
    "prove": (frozenset({"archived"}), "deleted"),
    "close": (frozenset({"deleted"}), "closed"),
    "call_off": (frozenset({"announced", "closing"}), "called_off"),
}
"""Step -> the states it may be taken in, and the state it leads to. ``announce`` also begins an exit unasked."""
_BACK: frozenset[ExitStep] = frozenset({"call_off", "withdraw"})

_COLUMNS = "exit_id, app_id, state, announced_ms, ends_ms, voided_ms, statement, statement_due_ms"
_FACTS = frozenset({"announced_ms", "ends_ms", "voided_ms", "statement", "statement_due_ms"})


@dataclass(frozen=True, slots=True)
class Exit:
    """One exit. ``ends_ms``: before this moment nothing is voided; ``statement``: the application's, once it holds.

    Of one that is ``requested``, ``announced_ms`` is when it was asked for, and ``ends_ms`` the soonest possible.
    """

    exit_id: str
    app_id: str
    state: ExitState
    announced_ms: int
    ends_ms: int
    voided_ms: int | None
    statement: str | None
    statement_due_ms: int | None

    @property
    def is_leaving(self) -> bool:
        """New business is refused, while what is under way is brought to its end."""
        return self.state in ("closing", "settled")


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of an exit's history. ``by``: a login name of the staff, or the App_ID."""

    at_ms: int
    by: str
    step: str
    to_state: str
    reason: str


def current(db: Store | Database, app_id: str) -> Exit | None:
    """The exit of an application that was not called off; None where there is none."""
    sql = f"SELECT {_COLUMNS} FROM exits WHERE app_id = ? AND state <> 'called_off'"  # noqa: S608 - constant columns
    rows = db.read(sql, (app_id,)) if isinstance(db, Store) else db.execute(sql, (app_id,)).fetchall()
    return Exit(*rows[0]) if rows else None


def required(db: Store | Database, app_id: str) -> Exit:
    """EXIT_STEPS_PENDING for an application whose exit nobody has announced."""
    found = current(db, app_id)
    if found is None:
        raise problems.EXIT_STEPS_PENDING.problem("The exit is not announced yet.", pending=list(PATH))
    return found


def listed(store: Store) -> list[Exit]:
    """All exits: those under way by their end, then those that are over, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM exits ORDER BY state IN ('closed', 'called_off'), announced_ms DESC"  # noqa: S608
    return [Exit(*row) for row in store.read(sql)]


def begin(db: Database, found: Exit, taken: Taken) -> None:
    """The first line. STATE_CHANGED where an exit is under way or over."""
    begun = db.execute(
        f"INSERT INTO exits ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL) ON CONFLICT DO NOTHING",  # noqa: S608
        (found.exit_id, found.app_id, found.state, found.announced_ms, found.ends_ms),
    ).rowcount
    if begun != 1:
        raise problems.STATE_CHANGED.problem()
    _note(db, found.exit_id, taken)


def require_due(found: Exit, step: ExitStep) -> None:
    """EXIT_STEPS_PENDING names the states that come first; ILLEGAL_TRANSITION for a step that was taken already."""
    sources, target = TRANSITIONS[step]
    if found.state in sources:
        return
    here = PATH.index(found.state) if found.state in PATH else -1
    if step not in _BACK and found.state != "called_off" and here < PATH.index(target):
        pending = list(PATH[here + 1 : PATH.index(target)])
        raise problems.EXIT_STEPS_PENDING.problem(f"Not done yet: {', '.join(pending)}.", pending=pending)
    raise problems.ILLEGAL_TRANSITION.problem(f"The exit is {found.state}.")


def move(db: Database, found: Exit, step: ExitStep, *, by: str, reason: str, now_ms: int, **facts: Any) -> None:
    """Take a step and write it into the history; ``facts`` change with it. Of two who take it one comes too late."""
    require_due(found, step)
    target = TRANSITIONS[step][1]
    changes = {"state": target} | {name: facts[name] for name in _FACTS & facts.keys()}
    marks = ", ".join(f"{name} = ?" for name in changes)
    moved = db.execute(
        f"UPDATE exits SET {marks} WHERE exit_id = ? AND state = ?",  # noqa: S608 - constant names
        (*changes.values(), found.exit_id, found.state),
    ).rowcount
    if moved != 1:
        raise problems.ILLEGAL_TRANSITION.problem()
    _note(db, found.exit_id, Taken(now_ms, by, step, target, reason))


def history(store: Store, exit_id: str) -> list[Taken]:
    """Everything that became of an exit, the oldest first."""
    rows = store.read(
        "SELECT at_ms, by, step, to_state, reason FROM exit_history WHERE exit_id = ? ORDER BY serial", (exit_id,)
    )
    return [Taken(*row) for row in rows]


def _note(db: Database, exit_id: str, taken: Taken) -> None:
    db.execute(
        "INSERT INTO exit_history (exit_id, at_ms, by, step, to_state, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (exit_id, taken.at_ms, taken.by, taken.step, taken.to_state, taken.reason),
    )
