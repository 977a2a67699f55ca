"""How an application party stands at the bank, and how it came to stand so (JR/T 0185 7.3.1, 9.2.1 a 2, 9.3.5, 10.2.1).

    testing ──→ active ──→ suspended ──→ where it was suspended from
       └───────────┴────────────┴──────→ exited, for good

The only writer of ``applications.status``: every change is a row of an append-only history and an event to the
application, in the caller's write transaction. Who may order a change is not judged here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.events import Events
from bank_sim.registry.parties import ApplicationStatus
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS application_history (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id TEXT NOT NULL REFERENCES applications,
    at_ms INTEGER NOT NULL,
    from_status TEXT,
    to_status TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS application_history_of ON application_history (app_id, serial);
""" + append_only("application_history")

TRANSITIONS: frozenset[tuple[ApplicationStatus, ApplicationStatus]] = frozenset(
    {
        ("testing", "active"),
        ("testing", "suspended"),
        ("testing", "exited"),
        ("active", "suspended"),
        ("active", "exited"),
        ("suspended", "testing"),
        ("suspended", "active"),
        ("suspended", "exited"),
    }
)

THE_BANK = "bank"
"""Who is named for changes that a duty makes because time has passed, or that came with the registration."""


@dataclass(frozen=True, slots=True)
class StandingChange:
    """One change. ``by``: one of the staff, a case number, or ``bank``; ``from_status`` None: it was registered."""

    at_ms: int
    from_status: str | None
    to_status: str
    by: str
    reason: str


class Standings:
    """How all applications stand."""

    def __init__(self, store: Store, clock: Clock, events: Events) -> None:
        self._store = store
        self._clock = clock
        self._events = events

    def move(self, db: Database, app_id: str, to: ApplicationStatus, *, by: str, reason: str) -> None:
        """Let it stand so from the caller's commit on; every worker sees it at its next call.

        RESOURCE_NOT_FOUND; STATE_CHANGED where it stands so already; ILLEGAL_TRANSITION where no way leads there.
        A suspended application goes back only to where it was suspended from.
        """
        now = _status(db, app_id)
        if now == to:
            raise problems.STATE_CHANGED.problem()
        back = _before_suspension(db, app_id) if now == "suspended" and to != "exited" else to
        if (now, to) not in TRANSITIONS or back != to:
            raise problems.ILLEGAL_TRANSITION.problem(f"{now} does not become {to}.")
        db.execute("UPDATE applications SET status = ? WHERE app_id = ? AND status = ?", (to, app_id, now))
        _note(db, (app_id, self._clock.now_ms(), now, to, by, reason))
        self._events.publish(db, app_id, "application.status_changed", app_id, {"from": now, "to": to})

    def resume(self, db: Database, app_id: str, *, by: str, reason: str) -> None:
        """Back to where it was suspended from. STATE_CHANGED where it is not suspended."""
        if _status(db, app_id) != "suspended":
            raise problems.STATE_CHANGED.problem()
        self.move(db, app_id, _before_suspension(db, app_id), by=by, reason=reason)

    def history(self, app_id: str) -> list[StandingChange]:
        """Every change, the oldest first; none for an App_ID that there is not."""
        rows = self._store.read(
            "SELECT at_ms, from_status, to_status, by, reason FROM application_history WHERE app_id = ?"
            " ORDER BY serial",
            (app_id,),
        )
        return [StandingChange(*row) for row in rows]


def enter(db: Database, app_id: str, status: ApplicationStatus, now_ms: int, *, by: str, reason: str) -> None:
    """The first line of a history, written with the application itself. It makes no event: nobody listens yet."""
    _note(db, (app_id, now_ms, None, status, by, reason))


def _status(db: Database, app_id: str) -> ApplicationStatus:
    row = db.execute("SELECT status FROM applications WHERE app_id = ?", (app_id,)).fetchone()
    if row is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    status: ApplicationStatus = row[0]
    return status


def _before_suspension(db: Database, app_id: str) -> ApplicationStatus:
    row = db.execute(
        "SELECT from_status FROM application_history WHERE app_id = ? AND to_status = 'suspended'"
        " ORDER BY serial DESC LIMIT 1",
        (app_id,),
    ).fetchone()
    status: ApplicationStatus = row[0] if row else "active"
    return status


def _note(db: Database, change: tuple[str, int, str | None, str, str, str]) -> None:
    db.execute(
        "INSERT INTO application_history (app_id, at_ms, from_status, to_status, by, reason) VALUES (?, ?, ?, ?, ?, ?)",
        change,
    )
