"""The states of an interface version as a table, the one way to move between them, and the history of all moves.

Moving is a conditional UPDATE inside the caller's write transaction: of two who take the same step, one comes too late.
Whether a step may be taken now is judged by ``guards``; this module only knows which step follows from which state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from sqlite_utils import Database

from bank_sim.registry.lives import Life, LifeState
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS interface_history (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS interface_history_of ON interface_history (api_id, version);
""" + append_only("interface_history")

Step = Literal["register", "publish", "deprecate", "reinstate", "terminate", "take_off", "archive"]
TRANSITIONS: dict[Step, tuple[LifeState, LifeState]] = {
    "register": ("designed", "registered"),
    "publish": ("registered", "published"),
    "deprecate": ("published", "deprecated"),
    "reinstate": ("deprecated", "published"),
    "terminate": ("deprecated", "terminated"),
    "take_off": ("terminated", "offline"),
    "archive": ("offline", "archived"),
}
"""Each step by what it leads from and to (JR/T 0185 11); ``reinstate`` is the way back, as long as nothing is lost."""

FACTS = ("u_api_id", "description_sm3", "published_ms", "deprecated_ms", "sunset_ms", "terminated_ms", "successor")
"""What may change of a version together with its state."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of a version's history."""

    at_ms: int
    by: str
    from_state: str
    to_state: str
    reason: str


def require_due(step: Step, life: Life) -> None:
    """ILLEGAL_TRANSITION where the step does not follow from the state."""
    if life.state != TRANSITIONS[step][0]:
        raise problems.ILLEGAL_TRANSITION.problem(
            f"{life.subject} is {life.state}; this step follows from {TRANSITIONS[step][0]}."
        )


def move(
    db: Database, life: Life, step: Step, *, by: str, reason: str, now_ms: int, facts: Mapping[str, Any] = NOTHING
) -> None:
    """Take a step and write it into the history; ``facts`` change with it. ILLEGAL_TRANSITION.

    After the caller's commit comes ``Lives.announce``.
    """
    source, target = TRANSITIONS[step]
    changes = {"state": target, "changed_ms": now_ms} | {name: facts[name] for name in FACTS if name in facts}
    columns = ", ".join(f"{name} = ?" for name in changes)
    moved = db.execute(
        f"UPDATE interface_versions SET {columns} WHERE api_id = ? AND version = ? AND state = ?",  # noqa: S608
        (*changes.values(), life.api_id, life.version, source),
    ).rowcount
    if moved != 1:
        raise problems.ILLEGAL_TRANSITION.problem()
    note(db, life.api_id, life.version, Moved(now_ms, by, source, target, reason))


def note(db: Database, api_id: str, version: str, moved: Moved) -> None:
    """One more line of history."""
    db.execute(
        "INSERT INTO interface_history (api_id, version, at_ms, by, from_state, to_state, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (api_id, version, moved.at_ms, moved.by, moved.from_state, moved.to_state, moved.reason),
    )


def history(store: Store, life: Life) -> list[Moved]:
    """Everything that happened to a version, oldest first."""
    rows = store.read(
        "SELECT at_ms, by, from_state, to_state, reason FROM interface_history"
        " WHERE api_id = ? AND version = ? ORDER BY serial",
        (life.api_id, life.version),
    )
    return [Moved(*row) for row in rows]
