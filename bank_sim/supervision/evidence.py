"""Joint investigation of an incident: the bank asks an application for its records, and lays its own beside them.

    ask        for the time that the incident's alarm is about: an event, a line of the time line, a date
    take       a statement signed by the application; compared at once, call by call, by the trace ids that both have
    miss       a duty: nothing came by the date

The application's log and the bank's were written apart. Where they contradict each other one of them is wrong, by
mistake or on purpose, and that is an alarm of its own (JR/T 0185 10.5 c, 12.3).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from sqlite_utils import Database

from bank_sim.audit import AccessLog
from bank_sim.clock import Clock
from bank_sim.events import Events
from bank_sim.events.model import Fact
from bank_sim.monitor import alarms, incidents
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.registry.parties import Credential
from bank_sim.registry.standing import THE_BANK
from bank_sim.sdk.evidence import CALLS_MAX
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store
from bank_sim.supervision.testimony import ANSWER, Comparison, EvidenceCase, EvidenceRequest, compare, read

SCHEMA = """
CREATE TABLE IF NOT EXISTS evidence_requests (
    request_id TEXT PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents,
    app_id TEXT NOT NULL REFERENCES applications,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    first_serial INTEGER NOT NULL,
    last_serial INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    asked_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    overdue_ms INTEGER,
    answered_ms INTEGER,
    statement TEXT,
    agreeing INTEGER,
    missing INTEGER,
    unknown INTEGER,
    contradicting INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS evidence_requests_of ON evidence_requests (incident_id);
CREATE INDEX IF NOT EXISTS evidence_requests_due ON evidence_requests (due_ms)
    WHERE answered_ms IS NULL AND overdue_ms IS NULL;
"""

ASKED_TEXT = "its log of calls to the bank, signed"
AGREES_TEXT = "its log and ours tell the same"
DIFFERS_TEXT = "its log and ours contradict each other"
LATE_TEXT = "its log did not come by the date"
# Fewer than a statement holds: an application's clock may put some more of its calls into the time asked about.
_ASKED_MAX = CALLS_MAX - 50
# Records before and after those asked about, among which the application's other calls of that time are looked for.
_AROUND = 20_000
_COLUMNS = (
    "request_id, incident_id, app_id, from_ms, to_ms, first_serial, last_serial, asked_by, asked_ms, due_ms,"
    " overdue_ms, answered_ms, statement, agreeing, missing, unknown, contradicting"
)


class Evidence:
    """What the bank has asked applications for."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: Policy,
        events: Events,
        access_log: AccessLog,
        weakened: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._events = events
        self._access_log = access_log
        self._weakened = weakened

    def ask(self, db: Database, incident_id: int, app_id: str, *, by: str, reason: str) -> str:
        """Ask for the newest calls up to now. RESOURCE_NOT_FOUND where it has made none; STATE_CHANGED where it has
        been asked already, or the incident is closed."""
        calls = self._access_log.of_application(app_id, _ASKED_MAX)
        if not calls:
            raise problems.RESOURCE_NOT_FOUND.problem("It has not called the bank lately.")
        if any(each.app_id == app_id and each.answered_ms is None for each in of_incident(self._store, incident_id)):
            raise problems.STATE_CHANGED.problem()
        now_ms = self._clock.now_ms()
        request_id = f"evi_{secrets.token_hex(8)}"
        due_ms, from_ms = now_ms + self._policy.evidence_answer_s * 1000, calls[-1][1].at_ms
        db.execute(
            "INSERT INTO evidence_requests"
            " (request_id, incident_id, app_id, from_ms, to_ms, first_serial, last_serial, asked_by, asked_ms, due_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (request_id, incident_id, app_id, from_ms, now_ms, calls[-1][0], calls[0][0], by, now_ms, due_ms),
        )
        incidents.note(db, incident_id, ASKED_TEXT, by, now_ms, "asked")
        facts: dict[str, Fact] = {
            "notice": "evidence", "state": "open", "from_at": from_ms // 1000, "to_at": now_ms // 1000,
            "due_at": due_ms // 1000, "text": reason,
        }  # fmt: skip
        self._events.publish(db, app_id, "application.notice", request_id, facts)
        return request_id

    def take(self, db: Database, app_id: str, request_id: str, text: str, keys: Sequence[Credential]) -> None:
        """Believe, compare, keep. RESOURCE_NOT_FOUND for somebody else's request; STATE_CHANGED for one that is
        answered; PARAM_INVALID for what is no statement; otherwise as ``ANSWER`` says."""
        request = find(self._store, request_id)
        if request.app_id != app_id:
            raise problems.RESOURCE_NOT_FOUND.problem()
        if request.answered_ms is not None:
            raise problems.STATE_CHANGED.problem()
        statement = read(text)
        case = EvidenceCase(request, statement, keys, self._clock.now_ms())
        ANSWER.run(case, "answer", self._weakened())
        log, before = self._access_log, request.last_serial + 1
        asked = {each.trace_id for _, each in log.of_application(app_id, _ASKED_MAX, before=before)}
        around = (request.first_serial - _AROUND, request.last_serial + _AROUND)
        found = compare(statement.claims, asked, lambda trace_ids: log.outcomes_of(trace_ids, *around))
        self._keep(db, request, text, found)

    def _keep(self, db: Database, request: EvidenceRequest, text: str, found: Comparison) -> None:
        now_ms = self._clock.now_ms()
        db.execute(
            "UPDATE evidence_requests SET answered_ms = ?, statement = ?, agreeing = ?, missing = ?, unknown = ?,"
            " contradicting = ? WHERE request_id = ?",
            (now_ms, text, *found, request.request_id),
        )
        if incidents.is_open(db, request.incident_id):
            said = AGREES_TEXT if found.agrees else DIFFERS_TEXT
            incidents.note(db, request.incident_id, said, request.app_id, now_ms, "answered")
        if not found.agrees:
            _alarm(db, self._policy, "LOGS_CONTRADICT", request.app_id, found.differing, now_ms)


def miss(policy: Policy, store: Store, now_ms: int) -> None:
    """A duty: what did not come by its date is an alarm, once."""
    sql = f"SELECT {_COLUMNS} FROM evidence_requests WHERE answered_ms IS NULL AND overdue_ms IS NULL AND due_ms <= ?"  # noqa: S608
    for late in [EvidenceRequest(*each) for each in store.read(sql, (now_ms,))]:
        with store.write() as db:
            db.execute("UPDATE evidence_requests SET overdue_ms = ? WHERE request_id = ?", (now_ms, late.request_id))
            if incidents.is_open(db, late.incident_id):
                incidents.note(db, late.incident_id, LATE_TEXT, THE_BANK, now_ms, "escalated")
            _alarm(db, policy, "TASK_OVERDUE", late.app_id, 1, now_ms)


def _alarm(db: Database, policy: Policy, rule: str, app_id: str, value: int, now_ms: int) -> None:
    found = next(each for each in rules_of(policy) if each.name == rule)
    alarms.strike(db, Finding(found, app_id, value), now_ms)


def find(store: Store, request_id: str) -> EvidenceRequest:
    """RESOURCE_NOT_FOUND."""
    rows = store.read(f"SELECT {_COLUMNS} FROM evidence_requests WHERE request_id = ?", (request_id,))  # noqa: S608
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return EvidenceRequest(*rows[0])


def of_application(store: Store, app_id: str, limit: int = 10) -> list[EvidenceRequest]:
    """The newest first."""
    sql = f"SELECT {_COLUMNS} FROM evidence_requests WHERE app_id = ? ORDER BY asked_ms DESC LIMIT ?"  # noqa: S608
    return [EvidenceRequest(*each) for each in store.read(sql, (app_id, limit))]


def of_incident(store: Store, incident_id: int) -> list[EvidenceRequest]:
    """In the order in which they were asked."""
    sql = f"SELECT {_COLUMNS} FROM evidence_requests WHERE incident_id = ? ORDER BY asked_ms"  # noqa: S608
    return [EvidenceRequest(*each) for each in store.read(sql, (incident_id,))]
