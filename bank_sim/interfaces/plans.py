"""Change plans: what is going to be done, and the way back if it goes wrong (JR/T 0185 10.3-1.2).

With a plan stands who was concerned when it was made, by App_ID: the assessment of its impact (10.3-1.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlite_utils import Database

from bank_sim.registry.lives import Life
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS interface_plans (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    plan TEXT NOT NULL,
    rollback TEXT NOT NULL,
    impact TEXT NOT NULL,
    by TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
""" + append_only("interface_plans")
_CHARS_MIN = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan. ``state``: of the version when it was made, for it plans the next step from there."""

    state: str
    plan: str
    rollback: str
    impact: tuple[str, ...]
    by: str
    at_ms: int


def make(db: Database, life: Life, plan: str, rollback: str, impact: Sequence[str], *, by: str, now_ms: int) -> None:
    """Keep a plan. CHANGE_PLAN_REQUIRED where it or its way back is missing."""
    if min(len(plan), len(rollback)) < _CHARS_MIN:
        raise problems.CHANGE_PLAN_REQUIRED.problem()
    db.execute(
        "INSERT INTO interface_plans (api_id, version, state, plan, rollback, impact, by, at_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (life.api_id, life.version, life.state, plan, rollback, msgspec.json.encode(list(impact)).decode(), by, now_ms),
    )


def plans_of(store: Store, life: Life) -> list[Plan]:
    """The newest first."""
    rows = store.read(
        "SELECT state, plan, rollback, impact, by, at_ms FROM interface_plans WHERE api_id = ? AND version = ?"
        " ORDER BY serial DESC",
        (life.api_id, life.version),
    )
    return [
        Plan(state, plan, rollback, tuple(msgspec.json.decode(impact)), by, at_ms)
        for state, plan, rollback, impact, by, at_ms in rows
    ]


def stands_for(store: Store, life: Life) -> bool:
    """Whether the step from the present state is planned: a plan was made since the version stands so."""
    return any(each.state == life.state and each.at_ms >= life.changed_ms for each in plans_of(store, life))
