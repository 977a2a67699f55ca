"""The staff's steps of an admission: verifying, assessing, proposing, drawing up and signing agreements, inspecting."""

from __future__ import annotations

from bank_sim.admission import questionnaire, stages
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction
from bank_sim.supervision import ratings


def facts(visit: Visit, case_id: str) -> Shown:
    """Who asks, how far the case has come, and what it scored."""
    case = visit.bank.admissions.dossiers.find(case_id)
    visit.app_id = case.app_id
    shown = [("company", case.company), ("case", case_id), ("stage", f"stage_{case.stage}")]
    if case.form is not None:
        score = questionnaire.scored(case.form)
        shown.append(("score", f"{score.total} / {score.total_max}"))
    return Shown(tuple(shown))


def verify(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.admissions.verify(db, order.subject, visit.who.login_name, masked(order.reason))


def give_back(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.admissions.give_back(db, order.subject, visit.who.login_name, masked(order.reason))


def assess(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.admissions.assess(db, order.subject, visit.who.login_name, masked(order.reason))


def reject(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.admissions.reject(db, order.subject, visit.who.login_name, masked(order.reason))


def draw_up(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.admissions.draw_up(db, order.subject, visit.who.login_name, masked(order.reason))


def countersign(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.admissions.countersign(db, order.subject, visit.who.login_name, masked(order.reason))


def inspect(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.admissions.inspect(db, order.subject, visit.who.login_name, masked(order.reason))


def propose_admission(visit: Visit, db: Transaction, order: Order) -> None:
    """ILLEGAL_TRANSITION for a case that nobody has assessed."""
    _require_due(visit, "approve", order.subject)
    proposals.propose(db, "admit_application", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def propose_going_live(visit: Visit, db: Transaction, order: Order) -> None:
    """INSPECTION_OPEN for an application that has not passed its inspection."""
    _require_due(visit, "go_live", order.subject)
    proposals.propose(db, "go_live", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def admit(visit: Visit, db: Transaction, case_id: str) -> None:
    """What an approved proposal does."""
    visit.bank.admissions.approve(db, case_id, visit.who.login_name, "four eyes")


def let_go_live(visit: Visit, db: Transaction, case_id: str) -> None:
    """What an approved proposal does."""
    visit.bank.admissions.go_live(db, case_id, visit.who.login_name, "four eyes")
    case = visit.bank.admissions.dossiers.find(case_id)
    if case.form is not None and case.app_id is not None:
        score = questionnaire.scored(case.form)
        marks = ratings.Marks(score.total, score.total_max)
        visit.bank.supervisor.rate_newcomer(db, case.app_id, case_id, marks, by=visit.who.login_name)


def drawn_up_by(visit: Visit, case_id: str) -> str | None:
    """Who wrote the agreement that is to be countersigned."""
    steps = stages.history(visit.store, case_id)
    return next((each.by for each in reversed(steps) if each.step == "draw_up"), None)


def _require_due(visit: Visit, step: stages.StepName, case_id: str) -> None:
    stages.require_due(step, visit.bank.admissions.dossiers.find(case_id).stage)
