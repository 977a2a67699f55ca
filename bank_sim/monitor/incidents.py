"""Incidents: what people make of alarms, as a time line from opening to closing (JR/T 0185 10.5: handled in time).

Every line says who and when; what the bank does by itself stands under ``bank``. A closed incident takes no more lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS incidents (
    incident_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    severity TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    closed_by TEXT,
    closed_ms INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS incident_lines (
    line_id INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents,
    at_ms INTEGER NOT NULL,
    by_whom TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'note', 'acted', 'escalated', 'told', 'asked', 'answered', 'closed')),
    text TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS incident_lines_in_order ON incident_lines (incident_id, line_id);
"""

LineKind = Literal["note", "acted", "escalated", "told", "asked", "answered"]
"""What a line in between tells: somebody's word; what the bank did by itself; that nobody came in time; that the
application was told, was asked for its records, has answered."""

_COLUMNS = "incident_id, title, severity, opened_by, opened_ms, closed_by, closed_ms"


@dataclass(frozen=True, slots=True)
class Incident:
    incident_id: int
    title: str
    severity: str
    opened_by: str
    opened_ms: int
    closed_by: str | None
    closed_ms: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the time line."""

    at_ms: int
    by_whom: str
    kind: str
    text: str


def open_incident(db: Database, title: str, severity: str, text: str, by: str, now_ms: int) -> int:
    """Returns its id."""
    row = db.execute(
        "INSERT INTO incidents (title, severity, opened_by, opened_ms) VALUES (?, ?, ?, ?) RETURNING incident_id",
        (title, severity, by, now_ms),
    ).fetchone()
    _write(db, row[0], "opened", text, by, now_ms)
    return int(row[0])


def note(db: Database, incident_id: int, text: str, by: str, now_ms: int, kind: LineKind = "note") -> None:
    """Add a line. STATE_CHANGED where the incident is closed."""
    if not is_open(db, incident_id):
        raise problems.STATE_CHANGED.problem()
    _write(db, incident_id, kind, text, by, now_ms)


def is_open(db: Database, incident_id: int) -> bool:
    """Whether it takes more lines."""
    sql = "SELECT 1 FROM incidents WHERE incident_id = ? AND closed_ms IS NULL"
    return db.execute(sql, (incident_id,)).fetchone() is not None


def close(db: Database, incident_id: int, text: str, by: str, now_ms: int) -> None:
    """The last line says what it was and what was done. STATE_CHANGED where it is closed already."""
    closed = db.execute(
        "UPDATE incidents SET closed_by = ?, closed_ms = ? WHERE incident_id = ? AND closed_ms IS NULL",
        (by, now_ms, incident_id),
    ).rowcount
    if closed != 1:
        raise problems.STATE_CHANGED.problem()
    _write(db, incident_id, "closed", text, by, now_ms)


def find(store: Store, incident_id: int) -> Incident:
    """RESOURCE_NOT_FOUND."""
    rows = store.read(f"SELECT {_COLUMNS} FROM incidents WHERE incident_id = ?", (incident_id,))  # noqa: S608
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Incident(*rows[0])


def lines(store: Store, incident_id: int) -> list[Line]:
    """The time line, the oldest first."""
    sql = "SELECT at_ms, by_whom, kind, text FROM incident_lines WHERE incident_id = ? ORDER BY line_id"
    return [Line(*row) for row in store.read(sql, (incident_id,))]


def listed(store: Store, limit: int = 100) -> list[Incident]:
    """The open ones first, then the newest."""
    sql = f"SELECT {_COLUMNS} FROM incidents ORDER BY closed_ms IS NOT NULL, opened_ms DESC LIMIT ?"  # noqa: S608
    return [Incident(*row) for row in store.read(sql, (limit,))]


def _write(db: Database, incident_id: int, kind: str, text: str, by: str, now_ms: int) -> None:
    db.execute(
        "INSERT INTO incident_lines (incident_id, at_ms, by_whom, kind, text) VALUES (?, ?, ?, ?, ?)",
        (incident_id, now_ms, by, kind, text),
    )
