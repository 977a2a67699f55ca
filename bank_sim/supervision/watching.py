"""What falls due between bank and applications as time passes: reviews to begin, reminders, consequences, alarms.

A date that has passed takes effect here, once: the task is overdue, the application is suspended where its kind says
so, and the staff has an alarm. Nothing here decides anything else.
"""

from __future__ import annotations

from collections.abc import Mapping

from bank_sim.duties import Duty
from bank_sim.events import Events
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import Rule, rules_of
from bank_sim.policy import Policy
from bank_sim.registry.standing import THE_BANK, Standings
from bank_sim.store import Store, Transaction
from bank_sim.supervision import tasks
from bank_sim.supervision.ratings import GRADES
from bank_sim.supervision.reports import Agreed, Reports
from bank_sim.supervision.tasks import Task, TaskKind

REVIEW_TEXT = "periodic review: what has changed in operation, risk control, people and keys since the last one"
INSPECTION_TEXT = "periodic inspection: source audit and penetration test of its integration, probes of its callbacks"
ASSESSMENT_TEXT = "periodic self-assessment: are the systems that call the interfaces secure, and what was mended"
UPON_ALARM_TEXT = "what do your machines run, since when, and who could change it?"
OVERDUE_REASON = "nothing came by the date it was due"
_DAY_MS = 86_400_000
# Live applications with the last thing that starts a review's clock anew, and no review under way.
_UNREVIEWED = """
SELECT a.app_id, ifnull(r.grade, ?), max(a.registered_at_ms, ifnull(r.at_ms, 0)) FROM applications a
LEFT JOIN application_ratings r ON r.serial = (SELECT max(serial) FROM application_ratings WHERE app_id = a.app_id)
WHERE a.status = 'active'
  AND a.app_id NOT IN (SELECT app_id FROM supervision_tasks WHERE kind = 'review' AND state <> 'closed')
"""
# Live applications with the last time that a recurring task of this kind was begun, and none of it under way.
_UNASSESSED = """
SELECT a.app_id, max(a.registered_at_ms, ifnull((
    SELECT max(opened_ms) FROM supervision_tasks t WHERE t.app_id = a.app_id AND t.kind = ?1), 0)) FROM applications a
WHERE a.status = 'active'
  AND a.app_id NOT IN (SELECT app_id FROM supervision_tasks WHERE kind = ?1 AND state <> 'closed')
"""
_UNSTATED = "SELECT app_id FROM exits WHERE state IN ('voided', 'archived') AND statement_due_ms <= ?"


def duties(policy: Policy, events: Events, standings: Standings, agreed: Agreed) -> list[Duty]:
    """Everything of supervision that time brings about."""
    rules = {each.name: each for each in rules_of(policy)}
    watching, reports = Watching(policy, events, standings, rules), Reports(rules, agreed, policy.grant_unused_s)
    return [
        Duty("operating reports", reports.write_due),
        Duty("volumes of applications", reports.watch_volumes),
        Duty("reviews of applications", watching.begin_reviews),
        Duty("reviews upon alarms", watching.begin_reviews_upon_alarms),
        Duty("inspections and self-assessments", watching.begin_assessments),
        Duty("overdue tasks of applications", watching.let_dates_pass),
        Duty("statements of deletion", watching.miss_statements),
    ]


class Watching:
    """Each method is a duty's: a few looks at indexes when nothing is due, and once however often it is performed."""

    def __init__(self, policy: Policy, events: Events, standings: Standings, rules: Mapping[str, Rule]) -> None:
        self._policy = policy
        self._events = events
        self._standings = standings
        self._rules = rules

    def begin_reviews(self, store: Store, now_ms: int) -> None:
        """Open a review for every live application whose last one, or whose registration, is long enough ago."""
        due = [
            app_id
            for app_id, grade, since_ms in store.read(_UNREVIEWED, (self._policy.app_unrated_as,))
            if now_ms >= since_ms + self._policy.review_interval_s[GRADES.index(grade)] * 1000
        ]
        for app_id in due:
            self._begin(store, app_id, "review", REVIEW_TEXT, now_ms)

    def begin_reviews_upon_alarms(self, store: Store, now_ms: int) -> None:
        """A review out of turn, once for each alarm of the policy's that nobody has taken, where none is under way."""
        rules = self._policy.reviewed_at_once
        struck = alarms.unacted(store, rules) if rules else []
        due = {row[0] for row in store.read(_UNREVIEWED, (self._policy.app_unrated_as,))} if struck else set()
        for alarm in struck:
            if alarm.subject in due:
                self._begin(store, alarm.subject, "review", f"{alarm.rule}: {UPON_ALARM_TEXT}", now_ms)
            with store.write() as db:
                alarms.mark_acted(db, alarm.alarm_id, now_ms)

    def begin_assessments(self, store: Store, now_ms: int) -> None:
        """The bank inspects each live application from time to time, and each assesses itself (10.4 a, b)."""
        recurring: tuple[tuple[TaskKind, str, int], ...] = (
            ("inspection", INSPECTION_TEXT, self._policy.inspection_interval_s),
            ("assessment", ASSESSMENT_TEXT, self._policy.assessment_interval_s),
        )
        for kind, text, interval_s in recurring:
            for app_id, since_ms in store.read(_UNASSESSED, (kind,)):
                if now_ms >= since_ms + interval_s * 1000:
                    self._begin(store, app_id, kind, text, now_ms)

    def _begin(self, store: Store, app_id: str, kind: TaskKind, text: str, now_ms: int) -> None:
        due_ms = now_ms + self._policy.review_answer_s * 1000
        with store.write() as db:
            task_id = tasks.begin(db, app_id, kind, text, due_ms, by=THE_BANK, now_ms=now_ms)
            if tasks.KINDS[kind].owner == "application":
                self._events.publish(db, app_id, "application.notice", task_id, notice(kind, "open", due_ms))

    def let_dates_pass(self, store: Store, now_ms: int) -> None:
        """Remind of what is nearly due, and let what is due have its consequence."""
        for task in tasks.due_before(store, now_ms + max(self._policy.task_warnings_days) * _DAY_MS):
            if task.due_ms <= now_ms:
                self._escalate(store, task, now_ms)
            elif task.duty.owner == "application":
                self._warn(store, task, now_ms)

    def miss_statements(self, store: Store, now_ms: int) -> None:
        """An alarm for every exit whose statement of deletion did not come in time (9.4-2.1)."""
        missing = {row[0] for row in store.read(_UNSTATED, (now_ms,))}
        standing = {each.subject for each in alarms.standing(store) if each.rule == "DELETION_OVERDUE"}
        for app_id in sorted(missing - standing):
            with store.write() as db:
                alarms.strike(db, Finding(self._rules["DELETION_OVERDUE"], app_id, 1), now_ms)

    def _escalate(self, store: Store, task: Task, now_ms: int) -> None:
        with store.write() as db:
            tasks.move(db, task, "escalate", OVERDUE_REASON, by=THE_BANK, now_ms=now_ms)
            alarms.strike(db, Finding(self._rules["TASK_OVERDUE"], task.app_id, 1), now_ms)
            if task.duty.owner == "application":
                facts = notice(task.kind, "overdue", task.due_ms)
                self._events.publish(db, task.app_id, "application.notice", task.task_id, facts)
            if task.suspends and _is_served(db, task.app_id):
                reason = f"{task.kind} {task.task_id}: {OVERDUE_REASON}"
                self._standings.move(db, task.app_id, "suspended", by=THE_BANK, reason=reason)

    def _warn(self, store: Store, task: Task, now_ms: int) -> None:
        days = min(each for each in self._policy.task_warnings_days if now_ms >= task.due_ms - each * _DAY_MS)
        if task.warned_days is not None and task.warned_days <= days:
            return
        with store.write() as db:
            if tasks.warned(db, task, days):
                facts = notice(task.kind, "reminder", task.due_ms) | {"days_left": days}
                self._events.publish(db, task.app_id, "application.notice", task.task_id, facts)


def notice(kind: str, state: str, due_ms: int) -> dict[str, str | int | bool | None]:
    """What an event says of a task; instants in seconds."""
    return {"notice": kind, "state": state, "due_at": due_ms // 1000}


def _is_served(db: Transaction, app_id: str) -> bool:
    row = db.execute("SELECT status FROM applications WHERE app_id = ?", (app_id,)).fetchone()
    return bool(row) and row[0] in ("active", "testing")
