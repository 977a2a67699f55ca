"""The log of events: written by whoever does what an event tells about, read by delivery and by pages.

    kept ──replay──▶ pending ──▶ delivered        kept: the application has no address, and may fetch it
                     ▲  │  ▲         │
                     │  └──┼───▶ dead ──replay──┐
                     └─────┴─────replay─────────┘

What an event says is never changed: only where it stands, and every try to deliver it is written down.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bank_sim.clock import Clock
from bank_sim.events.model import TYPES, Attempt, Event, EventType, Fact
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    event_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    occurred_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('kept', 'pending', 'delivered', 'dead')),
    tries INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER NOT NULL,
    give_up_ms INTEGER NOT NULL,
    UNIQUE (app_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS events_pending ON events (app_id, sequence) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS events_dead ON events (app_id, sequence) WHERE state = 'dead';
CREATE TABLE IF NOT EXISTS event_attempts (
    attempt_id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL REFERENCES events,
    at_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    elapsed_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS event_attempts_of ON event_attempts (event_id);
""" + append_only("event_attempts")

_DATA_BYTES_MAX = 2_048
_REPLAYED_AT_ONCE_MAX = 1_000
_COLUMNS = "event_id, app_id, sequence, type, subject, data, occurred_ms, state, tries, due_ms"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events of one application to replay: one, those of a range of sequence numbers, or all that are dead."""

    event_id: str | None = None
    first: int | None = None
    last: int | None = None
    dead_only: bool = False


class Events:
    """The events of all applications. Delivering them is ``delivery``'s business."""

    def __init__(self, store: Store, clock: Clock, give_up_s: int) -> None:
        self._store = store
        self._clock = clock
        self._give_up_ms = give_up_s * 1000

    def publish(
        self, db: Transaction, app_id: str, event_type: EventType, subject: str, data: Mapping[str, Fact]
    ) -> str:
        """Write an event within the caller's write transaction: it goes out if and only if that commits.

        ``subject``: the identifier of what it is about; ``data``: small and flat, never personal. Returns the
        ``event_id``. ``ValueError`` for an unknown type or data that an event may not carry: the caller's mistake.
        """
        if event_type not in TYPES:
            raise ValueError(f"no event is of the type {event_type}")
        encoded = _encoded(data)
        now_ms = self._clock.now_ms()
        event_id = new_event_id()
        db.execute(
            "INSERT INTO events (event_id, app_id, sequence, type, subject, data, occurred_ms, state, due_ms,"
            " give_up_ms) SELECT ?1, ?2, COALESCE((SELECT MAX(sequence) FROM events WHERE app_id = ?2), 0) + 1,"
            " ?3, ?4, ?5, ?6,"
            " CASE WHEN EXISTS (SELECT 1 FROM event_endpoints WHERE app_id = ?2) THEN 'pending' ELSE 'kept' END,"
            " ?6, ?7",
            (event_id, app_id, event_type, subject, encoded, now_ms, now_ms + self._give_up_ms),
        )
        return event_id

    def replay(self, db: Transaction, app_id: str, selection: Selection, by: str) -> int:
        """Post events of one application once more, within the caller's write transaction; returns how many.

        RESOURCE_NOT_FOUND where the selection names none of its events, EVENTS_NOT_WANTED where it has no address,
        ILLEGAL_TRANSITION where all that is selected waits to be posted already.
        """
        if not db.execute("SELECT 1 FROM event_endpoints WHERE app_id = ?", (app_id,)).fetchone():
            raise problems.EVENTS_NOT_WANTED.problem()
        where, values = _selected(app_id, selection)
        chosen = db.execute(
            f"SELECT event_id, state FROM events WHERE {where} LIMIT {_REPLAYED_AT_ONCE_MAX}",  # noqa: S608
            values,
        ).fetchall()
        if not chosen:
            raise problems.RESOURCE_NOT_FOUND.problem()
        now_ms = self._clock.now_ms()
        replayed = [each for each, state in chosen if state != "pending"]
        if not replayed:
            raise problems.ILLEGAL_TRANSITION.problem()
        for event_id in replayed:
            db.execute(
                "UPDATE events SET state = 'pending', tries = 0, due_ms = ?, give_up_ms = ?"
                " WHERE event_id = ? AND state <> 'pending'",
                (now_ms, now_ms + self._give_up_ms, event_id),
            )
            note_attempt(db, event_id, Attempt(now_ms, f"replayed by {by}"))
        return len(replayed)

    def of_application(
        self, app_id: str, limit: int, *, before: int | None = None, state: str | None = None, event_type: str = ""
    ) -> list[Event]:
        """An application's events, newest first. ``before``: only those with a smaller sequence number."""
        return _events(
            self._store,
            "app_id = ? AND sequence < ifnull(?, sequence + 1) AND state = ifnull(?, state) AND type LIKE ? || '%'"
            " ORDER BY sequence DESC LIMIT ?",
            (app_id, before, state, event_type, limit),
        )

    def after(self, app_id: str, sequence: int, limit: int) -> list[Event]:
        """An application's events with greater sequence numbers, oldest first: for whoever fetches them."""
        return _events(self._store, "app_id = ? AND sequence > ? ORDER BY sequence LIMIT ?", (app_id, sequence, limit))

    def find(self, app_id: str, event_id: str) -> Event:
        """RESOURCE_NOT_FOUND, also for somebody else's."""
        found = _events(self._store, "app_id = ? AND event_id = ?", (app_id, event_id))
        if not found:
            raise problems.RESOURCE_NOT_FOUND.problem()
        return found[0]

    def attempts(self, event_id: str) -> list[Attempt]:
        """Every try to deliver an event, and every replay, in order."""
        rows = self._store.read(
            "SELECT at_ms, outcome, status, elapsed_ms FROM event_attempts WHERE event_id = ? ORDER BY attempt_id",
            (event_id,),
        )
        return [Attempt(*row) for row in rows]

    def counts(self, app_id: str) -> dict[str, int]:
        """How many events of an application stand where."""
        rows = self._store.read("SELECT state, count(*) FROM events WHERE app_id = ? GROUP BY state", (app_id,))
        return dict(rows)

    def dead(self, limit: int) -> list[Event]:
        """Dead letters of all applications, the newest first."""
        return _events(self._store, "state = 'dead' ORDER BY occurred_ms DESC LIMIT ?", (limit,))


def new_event_id() -> str:
    return "evt_" + b32encode(secrets.token_bytes(15)).decode().lower()


def note_attempt(db: Transaction, event_id: str, attempt: Attempt) -> None:
    """Write down a try to deliver, or a replay, in the transaction of what it led to.

    Nothing of an event that is no longer there: a snapshot may have been put back while it was on its way.
    """
    db.execute(
        "INSERT INTO event_attempts (event_id, at_ms, outcome, status, elapsed_ms)"
        " SELECT event_id, ?, ?, ?, ? FROM events WHERE event_id = ?",
        (attempt.at_ms, attempt.outcome, attempt.status, attempt.elapsed_ms, event_id),
    )


def waiting(store: Store) -> list[tuple[Event, int]]:
    """The oldest event of each application that waits to be delivered, and when it is given up (ms)."""
    rows = store.read(
        f"SELECT {_COLUMNS}, give_up_ms FROM event_endpoints JOIN events USING (app_id) WHERE event_id ="  # noqa: S608
        " (SELECT event_id FROM events WHERE app_id = event_endpoints.app_id AND state = 'pending'"
        " ORDER BY sequence LIMIT 1)"
    )
    return [(_event(row[:-1]), row[-1]) for row in rows]


def _selected(app_id: str, selection: Selection) -> tuple[str, tuple[Any, ...]]:
    """The condition, and its values, that picks what is to be replayed; oldest first."""
    return (
        "app_id = ? AND event_id = ifnull(?, event_id) AND sequence BETWEEN ifnull(?, 1) AND ifnull(?, sequence)"
        " AND (NOT ? OR state = 'dead') ORDER BY sequence"
    ), (app_id, selection.event_id, selection.first, selection.last, selection.dead_only)


def _events(store: Store, where: str, values: Sequence[Any]) -> list[Event]:
    return [_event(row) for row in store.read(f"SELECT {_COLUMNS} FROM events WHERE {where}", values)]  # noqa: S608


def _event(row: Iterable[Any]) -> Event:
    event_id, app_id, sequence, kind, subject, data, occurred_ms, state, tries, due_ms = row
    return Event(
        event_id, app_id, sequence, kind, subject, msgspec.json.decode(data), occurred_ms, state, tries, due_ms
    )


def _encoded(data: Mapping[str, Fact]) -> str:
    if not all(value is None or isinstance(value, str | int) for value in data.values()):
        raise ValueError("an event's data is flat: texts, whole numbers, truth values or null")
    encoded = msgspec.json.encode(dict(data)).decode()
    if len(encoded.encode()) > _DATA_BYTES_MAX:
        raise ValueError(f"an event's data is at most {_DATA_BYTES_MAX} bytes")
    return encoded
