"""Dealing with an application that is live: reviews, inquiries, findings, its answers, its risk grade."""

from __future__ import annotations

from bank_sim.console.deeds import applications
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.store import Transaction
from bank_sim.supervision import ratings, tasks
from bank_sim.web import moment


def order_review(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.supervisor.order_review(db, order.subject, by=visit.who.login_name)


def inquire(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.supervisor.inquire(db, order.subject, order.reason, by=visit.who.login_name)


def record_finding(visit: Visit, db: Transaction, order: Order) -> None:
    severity = order.fields["severity"]
    visit.bank.supervisor.record_finding(
        db,
        order.subject,
        order.reason,
        severity,
        by=visit.who.login_name,
        is_retention=order.fields["about"] == "retention",
    )


def task_facts(visit: Visit, subject: str) -> Shown:
    """``App_ID:task``: what was asked, and what came back. RESOURCE_NOT_FOUND."""
    task = _task(visit, subject)
    shown = applications.facts(visit, task.app_id).facts
    said = (("task_text", task.text),) + ((("task_answer", task.answer),) if task.answer else ())
    return Shown((*shown[:2], ("stage", f"kind_{task.kind}"), *said))


def close_task(visit: Visit, db: Transaction, order: Order) -> None:
    task = _task(visit, order.subject)
    measure = order.fields["measure"]
    visit.bank.supervisor.close(db, task.task_id, order.reason, by=visit.who.login_name, measure=measure)


def propose_rating(visit: Visit, db: Transaction, order: Order) -> None:
    """EVIDENCE_MISSING before a review is answered and the month reported; PARAM_INVALID for what is no grade."""
    grade = ratings.grade_of(order.fields["grade"])
    visit.bank.supervisor.require_ratable(order.subject)
    subject = f"{order.subject}:{grade}"
    proposals.propose(db, "rate_application", subject, order.reason, visit.who.login_name, visit.now_ms)


def rate(visit: Visit, db: Transaction, subject: str) -> None:
    """What an approved proposal does."""
    app_id, _, grade = subject.partition(":")
    visit.bank.supervisor.rate(db, app_id, ratings.grade_of(grade), by=visit.who.login_name)


def grant_facts(visit: Visit, subject: str) -> Shown:
    """``App_ID:API_ID``: which permission, and when it was last used. RESOURCE_NOT_FOUND for what is not granted."""
    app_id, _, api_id = subject.partition(":")
    shown = applications.facts(visit, app_id).facts
    if api_id not in visit.bank.registry.grants(app_id):
        raise problems.RESOURCE_NOT_FOUND.problem()
    used_ms = visit.bank.access_log.last_uses(app_id).get(api_id)
    used = moment(used_ms / 1000) if used_ms else "not_lately"
    return Shown((*shown, ("interface", api_id), ("last_used", used)))


def propose_grant_removal(visit: Visit, db: Transaction, order: Order) -> None:
    """STATE_CHANGED where the same is proposed already."""
    proposals.propose(db, "withdraw_grant", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def withdraw_grant(visit: Visit, db: Transaction, subject: str) -> None:
    """What an approved proposal does: one interface less, and the application is told. STATE_CHANGED."""
    app_id, _, api_id = subject.partition(":")
    visit.bank.registry.withdraw_grant(db, app_id, api_id)
    visit.bank.events.publish(db, app_id, "application.notice", api_id, {"notice": "grant_taken", "api_id": api_id})


def page_of(subject: str) -> str:
    """Where everything about an application's supervision is."""
    return f"/supervision/{subject.partition(':')[0]}"


def _task(visit: Visit, subject: str) -> tasks.Task:
    app_id, _, task_id = subject.partition(":")
    task = tasks.find(visit.store, task_id)
    if task.app_id != app_id:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return task
