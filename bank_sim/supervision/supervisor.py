"""What bank and application ask of each other while they work together, each act in the caller's write transaction.

    the bank          orders a review, inquires, records an inspection's finding, closes, rates
    the application   answers, announces a change of its own, reports a weakness

Each act is judged by a check table, moves a task, and tells the other side. Who of the staff may do it is not judged
here; ``by`` is a login name or the App_ID.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bank_sim.clock import Clock
from bank_sim.events import Events, endpoint_of, probes
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.registry import directory
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.store import Store, Transaction
from bank_sim.supervision import ratings, reports, tasks
from bank_sim.supervision.ratings import GRADES, Grade, Marks, Rating
from bank_sim.supervision.tasks import Severity, Task
from bank_sim.supervision.watching import REVIEW_TEXT, notice

CHANGE_FIELDS = ("what", "fallback", "risk", "users", "forecast")
"""What an application says of a change of its own: what changes, the way back, the risk and what is done about it, how
users are told, the calls a day to expect (JR/T 0185 10.3 b)."""
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
_TEXT_CHARS_MIN = 4

Act = Literal["rate", "announce_change", "answer", "inspect"]


@dataclass(frozen=True, slots=True)
class ActCase:
    """An act that somebody is about to do. ``review``: the one under way; ``starts_ms``: when a change takes effect."""

    store: Store
    policy: Policy
    now_ms: int
    app_id: str
    review: Task | None = None
    said: Mapping[str, str] | None = None
    starts_ms: int = 0
    task: Task | None = None


def task_is_its_own(case: ActCase) -> None:
    """RESOURCE_NOT_FOUND for somebody else's task, as for one that there is not."""
    if case.task is not None and case.task.app_id != case.app_id:
        raise problems.RESOURCE_NOT_FOUND.problem()


def everything_is_said(case: ActCase) -> None:
    """PARAM_INVALID with what is left out."""
    missing = [name for name, text in (case.said or {}).items() if len(text.strip()) < _TEXT_CHARS_MIN]
    if missing:
        raise problems.PARAM_INVALID.problem(f"Say something about: {', '.join(missing)}.", missing=missing)


def change_is_told_in_time(case: ActCase) -> None:
    """LEAD_TIME_RUNNING for a change that takes effect before the bank can have looked at it."""
    if case.starts_ms < case.now_ms + case.policy.change_lead_s * 1000:
        days = case.policy.change_lead_s // 86_400
        raise problems.LEAD_TIME_RUNNING.problem(f"Announce a change {days} days ahead.")


def review_is_answered(case: ActCase) -> None:
    """EVIDENCE_MISSING while the application has not handed in what the review asks for."""
    if case.review is None or case.review.state != "answered":
        raise problems.EVIDENCE_MISSING.problem("The application has not answered a review.")


def month_is_reported(case: ActCase) -> None:
    """EVIDENCE_MISSING where no operating report of the last month is at hand."""
    month = reports.last_month(case.now_ms)[0]
    if not any(each.month == month for each in reports.reports_of(case.store, case.app_id, 1)):
        raise problems.EVIDENCE_MISSING.problem(f"There is no operating report of {month}.")


def something_was_inspected(case: ActCase) -> None:
    """EVIDENCE_MISSING where the application takes events and was not probed since the inspection began."""
    endpoint = endpoint_of(case.store, case.app_id)
    if case.task is None or endpoint is None:
        return
    probed = probes.latest(case.store, case.app_id)
    if probed is None or not probed.tells_of(endpoint.url, case.task.opened_ms):
        raise problems.EVIDENCE_MISSING.problem("Probe its callbacks first.")


# fmt: off
ACTS: CheckTable[ActCase] = CheckTable([
    row("own_task",        task_is_its_own,        "answer",                 "10.2.1-2.4"),
    row("change_complete", everything_is_said,     "announce_change answer", "10.3-2.1 10.3-2.2 10.3-2.3"),
    row("change_lead",     change_is_told_in_time, "announce_change",        "10.3-2.3"),
    row("review_answered", review_is_answered,     "rate",                   "10.2.1-1 10.2.1-3.1"),
    row("month_reported",  month_is_reported,      "rate",                   "10.2.1-2.1"),
    row("inspection_evidence", something_was_inspected, "inspect",           "10.4-1.1"),
])
# fmt: on

DEFENCES = frozenset(each.name for each in ACTS.rows)
"""The rows that a training run may leave out."""


class Supervisor:
    """The dealings with all applications."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, events: Events, weakened: Callable[[], frozenset[str]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._events = events
        self._weakened = weakened

    # What the bank does

    def order_review(self, db: Transaction, app_id: str, *, by: str) -> str:
        """A review out of turn. STATE_CHANGED while one is under way; RESOURCE_NOT_FOUND."""
        directory.application(self._store, app_id)
        return self._open(db, app_id, "review", REVIEW_TEXT, self._policy.review_answer_s, by)

    def inquire(self, db: Transaction, app_id: str, question: str, *, by: str) -> str:
        """Ask what happened; the application has the policy's days to answer."""
        directory.application(self._store, app_id)
        self._require_said(app_id, {"question": question})
        return self._open(db, app_id, "inquiry", question, self._policy.inquiry_answer_s, by, "high")

    def record_finding(
        self, db: Transaction, app_id: str, text: str, severity: str, *, by: str, is_retention: bool = False
    ) -> str:
        """What an inspection found; to be mended by a date that follows from the severity. PARAM_INVALID.

        ``is_retention``: the application keeps what it must not (9.3.3-2), which is an alarm as well.
        """
        if is_retention:
            rule = next(each for each in rules_of(self._policy) if each.name == "APP_RETENTION")
            alarms.strike(db, Finding(rule, app_id, 1), self._clock.now_ms())
        directory.application(self._store, app_id)
        self._require_said(app_id, {"finding": text})
        for number, each in enumerate(SEVERITIES):
            if severity == each:
                return self._open(db, app_id, "finding", text, self._policy.finding_mend_s[number], by, each)
        raise problems.PARAM_INVALID.problem(f"severity is one of {', '.join(SEVERITIES)}.")

    def close(self, db: Transaction, task_id: str, decision: str, *, by: str, measure: str = "none") -> None:
        """The bank's word on a task. ``measure``: ``none``, or ``tighten`` for the limits of the next higher risk.

        ILLEGAL_TRANSITION while it is the application's turn, and for a review, which ends with a rating;
        EVIDENCE_MISSING for an inspection that looked at nothing. What an inspection's probes found becomes a finding.
        """
        task = tasks.find(self._store, task_id)
        if task.kind == "review":
            raise problems.ILLEGAL_TRANSITION.problem("A review ends with a rating.")
        if task.kind == "inspection":
            self._inspected(db, task, by)
        self._close(db, task, decision, by)
        if measure == "tighten":
            self._tighten(db, task, by)

    def require_ratable(self, app_id: str) -> Task | None:
        """The review that a rating would end: EVIDENCE_MISSING."""
        review = self.review_of(app_id)
        case = ActCase(self._store, self._policy, self._clock.now_ms(), app_id, review=review)
        ACTS.run(case, "rate", self._weakened())
        return review

    def rate(self, db: Transaction, app_id: str, grade: Grade, *, by: str) -> None:
        """The grade, and with it the limits, from the commit on; the review ends with it."""
        review = self.require_ratable(app_id)
        evidence = self._evidence(app_id, review)
        ratings.rate(db, app_id, Rating(grade, self._clock.now_ms(), by, evidence))
        if review is not None:
            self._close(db, review, f"{grade}: {evidence}", by)

    def rate_newcomer(self, db: Transaction, app_id: str, case_id: str, marks: Marks, *, by: str) -> None:
        """The first grade, from the marks of the admission that two people agreed to (10.2.1-3.1)."""
        evidence = f"{case_id}: {marks.total} / {marks.most}"
        ratings.rate(db, app_id, Rating(marks.grade, self._clock.now_ms(), by, evidence))

    def review_of(self, app_id: str) -> Task | None:
        """The review that is under way."""
        found = [each for each in tasks.of_application(self._store, app_id) if each.kind == "review"]
        return next((each for each in found if each.state != "closed"), None)

    # What the application does

    def answer(self, db: Transaction, app_id: str, task_id: str, text: str) -> None:
        """RESOURCE_NOT_FOUND, PARAM_INVALID; ILLEGAL_TRANSITION where it is not the application's turn."""
        task = tasks.find(self._store, task_id)
        now_ms = self._clock.now_ms()
        case = ActCase(self._store, self._policy, now_ms, app_id, task=task, said={"answer": text})
        ACTS.run(case, "answer", self._weakened())
        tasks.move(db, task, "answer", text, by=app_id, now_ms=now_ms)

    def announce_change(self, db: Transaction, app_id: str, said: Mapping[str, str], starts_ms: int) -> str:
        """A change of the application's own, for the bank to review before it takes effect. PARAM_INVALID,
        LEAD_TIME_RUNNING."""
        now_ms = self._clock.now_ms()
        whole = {name: said.get(name, "") for name in CHANGE_FIELDS}
        case = ActCase(self._store, self._policy, now_ms, app_id, said=whole, starts_ms=starts_ms)
        ACTS.run(case, "announce_change", self._weakened())
        text = "; ".join(f"{name}: {each.strip()}" for name, each in whole.items())
        return tasks.begin(db, app_id, "change", text, starts_ms, by=app_id, now_ms=now_ms)

    def report_weakness(self, db: Transaction, app_id: str, text: str) -> str:
        """A weakness of an interface that the application found; the bank acknowledges it within the policy's days."""
        self._require_said(app_id, {"weakness": text})
        now_ms = self._clock.now_ms()
        due_ms = now_ms + self._policy.weakness_answer_s * 1000
        return tasks.begin(db, app_id, "weakness", text, due_ms, by=app_id, now_ms=now_ms, severity="high")

    # Inside

    def _open(
        self, db: Transaction, app_id: str, kind: tasks.TaskKind, text: str, lasts_s: int, by: str,
        severity: Severity = "medium",
    ) -> str:  # fmt: skip
        now_ms = self._clock.now_ms()
        due_ms = now_ms + lasts_s * 1000
        task_id = tasks.begin(db, app_id, kind, text, due_ms, by=by, now_ms=now_ms, severity=severity)
        self._events.publish(db, app_id, "application.notice", task_id, notice(kind, "open", due_ms))
        return task_id

    def _close(self, db: Transaction, task: Task, decision: str, by: str) -> None:
        tasks.move(db, task, "close", decision, by=by, now_ms=self._clock.now_ms())
        self._events.publish(
            db, task.app_id, "application.notice", task.task_id, notice(task.kind, "closed", task.due_ms)
        )

    def _inspected(self, db: Transaction, task: Task, by: str) -> None:
        now_ms = self._clock.now_ms()
        ACTS.run(ActCase(self._store, self._policy, now_ms, task.app_id, task=task), "inspect", self._weakened())
        probed = probes.latest(self._store, task.app_id) if endpoint_of(self._store, task.app_id) else None
        for mend_s, severity in zip(self._policy.finding_mend_s, SEVERITIES, strict=True):
            found = [each for each in probed.findings if each.gravity == severity] if probed is not None else []
            if found and probed is not None:
                text = f"{probed.probe_id}: {'; '.join(_said(each) for each in found)}"
                self._open(db, task.app_id, "finding", text, mend_s, by, severity)

    def _tighten(self, db: Transaction, task: Task, by: str) -> None:
        """The next higher risk, with the task as evidence; it takes no second person to be more careful."""
        standing = ratings.standing_of(self._store, task.app_id)
        grade = self._policy.app_unrated_as if standing == ratings.UNRATED else standing
        higher = GRADES[min(GRADES.index(grade) + 1, len(GRADES) - 1)]
        ratings.rate(db, task.app_id, Rating(higher, self._clock.now_ms(), by, f"{task.kind} {task.task_id}"))

    def _evidence(self, app_id: str, review: Task | None) -> str:
        """What a rating rests on: the review that was answered, and the last month as it was reported."""
        parts = [review.task_id] if review is not None else []
        for month in reports.reports_of(self._store, app_id, 1):
            parts.append(f"{month.month}: {month.calls} calls, {month.refused} refused, {month.fault} failed")
        return "; ".join(parts)

    def _require_said(self, app_id: str, said: Mapping[str, str]) -> None:
        everything_is_said(ActCase(self._store, self._policy, self._clock.now_ms(), app_id, said=said))


def _said(found: probes.Finding) -> str:
    """What one probe found, for whoever has to mend it."""
    answer = found.status or found.outcome
    if found.defect == "none":
        return f"does not take an event of the bank ({answer})"
    if found.outcome == "delivered":
        return f"takes an event that is {found.defect.replace('_', ' ')} ({answer})"
    return f"does not refuse an event that is {found.defect.replace('_', ' ')} ({answer})"
