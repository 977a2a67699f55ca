"""Alarms: one for each rule and subject for as long as it lasts, however often it is found again.

An alarm is open until somebody of the staff acknowledges it, so that none passes unseen; then it closes by itself when
the rule has not struck for a while. It must not judge: what strikes is found by ``watch``, and what follows when nobody
takes it is ``supervision.playbook``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.monitor.rules import Rule
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS alarms (
    alarm_id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'closed')),
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    value INTEGER NOT NULL,
    peak INTEGER NOT NULL,
    last_serial INTEGER,
    acknowledged_by TEXT,
    acknowledged_ms INTEGER,
    note TEXT,
    incident_id INTEGER,
    acted_ms INTEGER,
    escalated_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS alarms_once ON alarms (rule, subject) WHERE state <> 'closed';
"""

QUIET_MS = 15 * 60_000
"""Ours: an acknowledged alarm that has not struck for a quarter of an hour is over."""
OVERDUE_MS: dict[str, int] = {"critical": 15 * 60_000, "major": 30 * 60_000, "minor": 240 * 60_000}
"""Ours: how long an alarm may wait to be taken, by severity (JR/T 0185 10.1.2 a 2: dealt with in time)."""

_COLUMNS = (
    "alarm_id, rule, subject, severity, state, first_ms, last_ms, value, peak, last_serial, acknowledged_by,"
    " acknowledged_ms, note, incident_id, acted_ms, escalated_ms"
)
_GRAVEST_FIRST = "CASE severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1 ELSE 2 END"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule has struck: about whom, how strongly, and in which record last."""

    rule: Rule
    subject: str
    value: int
    last_serial: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """``value`` and ``peak`` are in the unit of the rule's measure; ``last_serial`` an access record to look at.

    ``acted_ms``: when the bank did by itself what its playbook says; ``escalated_ms``: when it had waited too long.
    """

    alarm_id: int
    rule: str
    subject: str
    severity: str
    state: str
    first_ms: int
    last_ms: int
    value: int
    peak: int
    last_serial: int | None
    acknowledged_by: str | None
    acknowledged_ms: int | None
    note: str | None
    incident_id: int | None
    acted_ms: int | None
    escalated_ms: int | None

    @property
    def named(self) -> str:
        """The rule and whom it is about, as an incident is called that comes of it."""
        return f"{self.rule} · {self.subject}" if self.subject else self.rule

    def is_overdue(self, now_ms: int) -> bool:
        return self.state == "open" and now_ms - self.first_ms > OVERDUE_MS[self.severity]


def strike(db: Database, finding: Finding, at_ms: int) -> None:
    """Raise an alarm, or strengthen the one that is there already."""
    db.execute(
        "INSERT INTO alarms (rule, subject, severity, state, first_ms, last_ms, value, peak, last_serial)"
        " VALUES (?, ?, ?, 'open', ?4, ?4, ?5, ?5, ?6)"
        " ON CONFLICT (rule, subject) WHERE state <> 'closed' DO UPDATE SET"
        " last_ms = max(last_ms, excluded.last_ms), value = excluded.value, peak = max(peak, excluded.value),"
        " last_serial = excluded.last_serial",
        (finding.rule.name, finding.subject, finding.rule.severity, at_ms, finding.value, finding.last_serial),
    )


def close_quiet(db: Database, now_ms: int) -> None:
    """Acknowledged alarms that have been quiet are over."""
    db.execute("UPDATE alarms SET state = 'closed' WHERE state = 'acknowledged' AND last_ms < ?", (now_ms - QUIET_MS,))


def acknowledge(db: Database, alarm_id: int, by: str, note: str, now_ms: int) -> None:
    """Somebody takes the alarm upon themselves. STATE_CHANGED where somebody else was quicker."""
    taken = db.execute(
        "UPDATE alarms SET state = 'acknowledged', acknowledged_by = ?, acknowledged_ms = ?, note = ?"
        " WHERE alarm_id = ? AND state = 'open'",
        (by, now_ms, note, alarm_id),
    ).rowcount
    if taken != 1:
        raise problems.STATE_CHANGED.problem()


def mark_acted(db: Database, alarm_id: int, now_ms: int) -> None:
    """The bank has done by itself what this alarm asks for; it does so once."""
    db.execute("UPDATE alarms SET acted_ms = ? WHERE alarm_id = ?", (now_ms, alarm_id))


def mark_escalated(db: Database, alarm_id: int, now_ms: int) -> None:
    """Nobody has taken it in time, and that has been told."""
    db.execute("UPDATE alarms SET escalated_ms = ? WHERE alarm_id = ?", (now_ms, alarm_id))


def attach(db: Database, alarm_id: int, incident_id: int) -> None:
    """The alarm belongs to an incident. STATE_CHANGED where it belongs to one already."""
    attached = db.execute(
        "UPDATE alarms SET incident_id = ? WHERE alarm_id = ? AND incident_id IS NULL", (incident_id, alarm_id)
    ).rowcount
    if attached != 1:
        raise problems.STATE_CHANGED.problem()


def attach_anew(db: Database, alarm_id: int, incident_id: int) -> None:
    """The alarm goes on in another incident, because the one that it belonged to is closed, or there was none."""
    db.execute("UPDATE alarms SET incident_id = ? WHERE alarm_id = ?", (incident_id, alarm_id))


def find(store: Store, alarm_id: int) -> Alarm:
    """RESOURCE_NOT_FOUND."""
    rows = store.read(f"SELECT {_COLUMNS} FROM alarms WHERE alarm_id = ?", (alarm_id,))  # noqa: S608
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Alarm(*rows[0])


def standing(store: Store) -> list[Alarm]:
    """What is not over: open ones first, the gravest first."""
    sql = f"SELECT {_COLUMNS} FROM alarms WHERE state <> 'closed' ORDER BY state = 'acknowledged', {_GRAVEST_FIRST}, last_ms DESC"  # noqa: S608, E501
    return [Alarm(*row) for row in store.read(sql)]


def unacted(store: Store, rules: Sequence[str]) -> list[Alarm]:
    """Those of the rules that nobody has taken, and upon which the bank has not acted either."""
    marks = ", ".join("?" * len(rules))
    sql = f"SELECT {_COLUMNS} FROM alarms WHERE state = 'open' AND acted_ms IS NULL AND rule IN ({marks})"  # noqa: S608
    return [Alarm(*row) for row in store.read(sql, tuple(rules))]


def overdue(store: Store, now_ms: int) -> list[Alarm]:
    """Those that nobody has taken in time, and of which that has not been told yet."""
    sql = f"SELECT {_COLUMNS} FROM alarms WHERE state = 'open' AND escalated_ms IS NULL AND first_ms < ?"  # noqa: S608
    waiting = [Alarm(*row) for row in store.read(sql, (now_ms - min(OVERDUE_MS.values()),))]
    return [each for each in waiting if each.is_overdue(now_ms)]


def over(store: Store, limit: int = 30) -> list[Alarm]:
    """What is over, the latest first."""
    sql = f"SELECT {_COLUMNS} FROM alarms WHERE state = 'closed' ORDER BY last_ms DESC LIMIT ?"  # noqa: S608
    return [Alarm(*row) for row in store.read(sql, (limit,))]


def of_incident(store: Store, incident_id: int) -> list[Alarm]:
    sql = f"SELECT {_COLUMNS} FROM alarms WHERE incident_id = ? ORDER BY first_ms"  # noqa: S608
    return [Alarm(*row) for row in store.read(sql, (incident_id,))]
