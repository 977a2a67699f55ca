"""What an application or the bank owes the other by a date: the kinds as a table, one state machine, one history.

    open ──answer──→ answered ──close──→ closed         the application's turn first, then the bank's
    open ──────────────close──→ closed                  the bank's turn: it answers with its decision
    open ─escalate→ overdue ─answer/close→ …            the clock did it; what follows is the kind's consequence

A date passes by the virtual clock (``watching``). A task is about one application and belongs to no user: texts are
about systems and operations, and long numbers in them are masked before they are kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bank_sim.sdk.protocol import problems
from bank_sim.staff import journal
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS supervision_tasks (
    task_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES applications,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('high', 'medium', 'low')),
    state TEXT NOT NULL CHECK (state IN ('open', 'overdue', 'answered', 'closed')),
    opened_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    opened_by TEXT NOT NULL,
    text TEXT NOT NULL,
    answer TEXT,
    decision TEXT,
    closed_by TEXT,
    warned_days INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS supervision_tasks_due ON supervision_tasks (due_ms) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS supervision_tasks_of ON supervision_tasks (app_id, kind);
CREATE UNIQUE INDEX IF NOT EXISTS supervision_tasks_one_at_a_time ON supervision_tasks (app_id, kind)
    WHERE kind IN ('review', 'assessment', 'inspection') AND state <> 'closed';
CREATE TABLE IF NOT EXISTS supervision_history (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL REFERENCES supervision_tasks,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    step TEXT NOT NULL,
    to_state TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS supervision_history_of ON supervision_history (task_id, serial);
""" + append_only("supervision_history")

TaskKind = Literal["review", "assessment", "inspection", "inquiry", "finding", "change", "weakness"]
TaskState = Literal["open", "overdue", "answered", "closed"]
TaskStep = Literal["answer", "close", "escalate"]
Severity = Literal["high", "medium", "low"]
Owner = Literal["application", "bank"]


@dataclass(frozen=True, slots=True)
class Duty:
    """Whose turn it is at first, and whether the application is suspended when the date has passed."""

    owner: Owner
    suspends: bool


KINDS: Mapping[TaskKind, Duty] = {
    "review": Duty("application", suspends=True),
    "assessment": Duty("application", suspends=False),
    "inspection": Duty("bank", suspends=False),
    "inquiry": Duty("application", suspends=True),
    "finding": Duty("application", suspends=True),
    "change": Duty("bank", suspends=False),
    "weakness": Duty("bank", suspends=False),
}
"""``review``: 10.2.1 a; ``assessment`` of itself: 10.4 b; ``inspection`` by the bank: 10.4 a; ``inquiry``: 10.2.1 b 4;
``finding`` of an inspection: 10.4 a (only a grave one suspends); ``change`` at the application: 10.3 b, c; ``weakness``
that the application reports: 9.3.5 d."""

TRANSITIONS: Mapping[tuple[Owner, TaskStep], tuple[frozenset[TaskState], TaskState]] = {
    ("application", "answer"): (frozenset({"open", "overdue"}), "answered"),
    ("application", "close"): (frozenset({"answered"}), "closed"),
    ("application", "escalate"): (frozenset({"open"}), "overdue"),
    ("bank", "close"): (frozenset({"open", "overdue"}), "closed"),
    ("bank", "escalate"): (frozenset({"open"}), "overdue"),
}
"""Owner and step -> the states that it may be taken in, and the state that it leads to."""

TEXT_CHARS_MAX = 1_000
# Whoever has left owes nothing here any more; what was open stays on record.
_IS_THERE = "app_id NOT IN (SELECT app_id FROM applications WHERE status = 'exited')"
_COLUMNS = (
    "task_id, app_id, kind, severity, state, opened_ms, due_ms, opened_by, text, answer, decision, closed_by,"
    " warned_days"
)


@dataclass(frozen=True, slots=True)
class Task:
    """One task. ``answer``: the application's; ``decision``: the bank's; ``warned_days``: of how many days left it was
    reminded last."""

    task_id: str
    app_id: str
    kind: TaskKind
    severity: Severity
    state: TaskState
    opened_ms: int
    due_ms: int
    opened_by: str
    text: str
    answer: str | None
    decision: str | None
    closed_by: str | None
    warned_days: int | None

    @property
    def duty(self) -> Duty:
        return KINDS[self.kind]

    @property
    def suspends(self) -> bool:
        """Whether the application is suspended once its date has passed."""
        return self.duty.suspends and (self.kind != "finding" or self.severity == "high")

    @property
    def awaits(self) -> Owner | None:
        """Whose turn it is."""
        if self.state == "closed":
            return None
        return "bank" if self.state == "answered" else self.duty.owner


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a task's history. ``by``: a login name, an App_ID, or ``bank`` for what the clock did."""

    at_ms: int
    by: str
    step: str
    to_state: str
    text: str


def begin(
    db: Database, app_id: str, kind: TaskKind, text: str, due_ms: int, *, by: str, now_ms: int,
    severity: Severity = "medium",
) -> str:  # fmt: skip
    """Open a task; its id. STATE_CHANGED for a second one of a kind that recurs, while the first is under way."""
    task_id = f"task_{secrets.token_hex(6)}"
    begun = db.execute(
        f"INSERT INTO supervision_tasks ({_COLUMNS}) VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, NULL, NULL, NULL, NULL)"  # noqa: S608
        " ON CONFLICT DO NOTHING",
        (task_id, app_id, kind, severity, now_ms, due_ms, by, masked(text)),
    ).rowcount
    if begun != 1:
        raise problems.STATE_CHANGED.problem()
    _note(db, task_id, Line(now_ms, by, "open", "open", masked(text)))
    return task_id


def move(db: Database, task: Task, step: TaskStep, text: str, *, by: str, now_ms: int) -> None:
    """Take a step. ILLEGAL_TRANSITION where it does not follow; of two who take it one comes too late."""
    rule = TRANSITIONS.get((task.duty.owner, step))
    if rule is None or task.state not in rule[0]:
        raise problems.ILLEGAL_TRANSITION.problem(f"The task is {task.state}.")
    target = rule[1]
    moved = db.execute(
        "UPDATE supervision_tasks SET state = ?, answer = iif(?, ?, answer), decision = iif(?, ?, decision),"
        " closed_by = iif(?, ?, closed_by) WHERE task_id = ? AND state = ?",
        (
            target, step == "answer", masked(text), step == "close", masked(text), step == "close", by, task.task_id,
            task.state,
        ),
    ).rowcount  # fmt: skip
    if moved != 1:
        raise problems.ILLEGAL_TRANSITION.problem()
    _note(db, task.task_id, Line(now_ms, by, step, target, masked(text)))


def warned(db: Database, task: Task, days: int) -> bool:
    """Whether this reminder is the caller's to send: it is the first of its kind."""
    return (
        db.execute(
            "UPDATE supervision_tasks SET warned_days = ? WHERE task_id = ? AND state = 'open'"
            " AND ifnull(warned_days, ?) > ?",
            (days, task.task_id, days + 1, days),
        ).rowcount
        == 1
    )


def find(store: Store, task_id: str) -> Task:
    """RESOURCE_NOT_FOUND."""
    rows = store.read(f"SELECT {_COLUMNS} FROM supervision_tasks WHERE task_id = ?", (task_id,))  # noqa: S608
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Task(*rows[0])


def of_application(store: Store, app_id: str) -> list[Task]:
    """An application's tasks: what is not over by its date, then the newest."""
    sql = f"SELECT {_COLUMNS} FROM supervision_tasks WHERE app_id = ? ORDER BY state = 'closed', due_ms"  # noqa: S608
    return [Task(*row) for row in store.read(sql, (app_id,))]


def standing(store: Store) -> list[Task]:
    """Everything that is not over, the first due first."""
    sql = f"SELECT {_COLUMNS} FROM supervision_tasks WHERE state <> 'closed' AND {_IS_THERE} ORDER BY due_ms, task_id"  # noqa: S608
    return [Task(*row) for row in store.read(sql)]


def due_before(store: Store, moment_ms: int) -> list[Task]:
    """Open tasks whose date lies before a moment: a look at an index."""
    sql = f"SELECT {_COLUMNS} FROM supervision_tasks WHERE state = 'open' AND due_ms <= ? AND {_IS_THERE}"  # noqa: S608
    return [Task(*row) for row in store.read(sql, (moment_ms,))]


def history(store: Store, task_id: str) -> list[Line]:
    """Everything that became of a task, the oldest first."""
    rows = store.read(
        "SELECT at_ms, by, step, to_state, text FROM supervision_history WHERE task_id = ? ORDER BY serial", (task_id,)
    )
    return [Line(*row) for row in rows]


def masked(text: str) -> str:
    """Free text as it may be kept: one line, bounded, and long numbers show their last digits only."""
    return journal.masked(" ".join(text.split()))[:TEXT_CHARS_MAX]


def _note(db: Database, task_id: str, line: Line) -> None:
    db.execute(
        "INSERT INTO supervision_history (task_id, at_ms, by, step, to_state, text) VALUES (?, ?, ?, ?, ?, ?)",
        (task_id, line.at_ms, line.by, line.step, line.to_state, line.text),
    )
