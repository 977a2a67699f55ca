"""Payments that the risk engine has hit: taking a case, releasing with four eyes, refusing, reporting (10.2.3-4)."""

from __future__ import annotations

from bank_sim.authorization import outcomes
from bank_sim.authorization.announcing import grouped
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.deeds.watching import number
from bank_sim.console.visit import Visit
from bank_sim.risk import cases, decisions, listing, reports
from bank_sim.risk.cases import RiskCase
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction


def page_of(case_id: str) -> str:
    return f"/risk/{case_id}"


def facts(visit: Visit, case_id: str) -> Shown:
    case = case_named(visit, case_id)
    visit.app_id = case.app_id
    name = visit.premises.names(visit.language).get(case.app_id, case.app_id)
    return Shown((("risk_case", str(case.case_id)), ("amount", f"¥ {grouped(case.amount_fen)}"), ("application", name)))


def take(visit: Visit, db: Transaction, order: Order) -> None:
    cases.take(db, case_named(visit, order.subject).case_id, visit.who.login_name, masked(order.reason), visit.now_ms)


def note(visit: Visit, db: Transaction, order: Order) -> None:
    case = case_named(visit, order.subject)
    cases.note(db, case.case_id, visit.who.login_name, "note", masked(order.reason), visit.now_ms)


def propose_release(visit: Visit, db: Transaction, order: Order) -> None:
    """ILLEGAL_TRANSITION where nothing is held, or nobody has taken the case upon themselves."""
    case = case_named(visit, order.subject)
    if (case.kind, case.state) != ("review", "taken"):
        raise problems.ILLEGAL_TRANSITION.problem()
    subject = str(case.case_id)
    proposals.propose(db, "release_payment", subject, order.reason, visit.who.login_name, visit.now_ms)


def release(visit: Visit, db: Transaction, case_id: str) -> None:
    """What an approved proposal does: the payment is carried out, as any other on this day."""
    case = case_named(visit, case_id)
    outcomes.release(visit.bank, db, case, visit.who.login_name, "")


def refuse(visit: Visit, db: Transaction, order: Order) -> None:
    """ILLEGAL_TRANSITION where nothing is held."""
    case = case_named(visit, order.subject)
    outcomes.refuse(visit.bank, visit.store, db, case, visit.who.login_name, masked(order.reason))


def close(visit: Visit, db: Transaction, order: Order) -> None:
    """Of a payment that is not held. ILLEGAL_TRANSITION, STATE_CHANGED."""
    case = case_named(visit, order.subject)
    cases.end(db, case, "close", visit.who.login_name, masked(order.reason), visit.now_ms)


def report(visit: Visit, db: Transaction, order: Order) -> None:
    """Report the payment as suspicious, and list its payee. ILLEGAL_TRANSITION for one that was found good."""
    case, decision = case_named(visit, order.subject), _decision(visit, order.subject)
    if case.state == "released":
        raise problems.ILLEGAL_TRANSITION.problem()
    by, reason, policy = visit.who.login_name, masked(order.reason), visit.bank.config.policy
    cases.mark_suspicious(db, case.case_id, by, reason, visit.now_ms)
    reports.add_suspicion(db, case.customer_id, case.amount_fen, visit.now_ms, policy)
    listing.add(db, decision.creditor_account_id, case.case_id, reason, by, visit.now_ms)


def listed_facts(visit: Visit, listing_id: str) -> Shown:
    listed = listing.find(visit.store, number(listing_id))
    return Shown((("listed", listed.account_id), ("reason", listed.reason), ("by", listed.by)))


def propose_delisting(visit: Visit, db: Transaction, order: Order) -> None:
    subject = str(listing.find(visit.store, number(order.subject)).listing_id)
    proposals.propose(db, "delist_account", subject, order.reason, visit.who.login_name, visit.now_ms)


def delist(visit: Visit, db: Transaction, listing_id: str) -> None:
    """What an approved proposal does."""
    listing.remove(db, number(listing_id), visit.who.login_name, visit.now_ms)


def case_named(visit: Visit, case_id: str) -> RiskCase:
    """RESOURCE_NOT_FOUND."""
    return cases.find(visit.store, number(case_id))


def _decision(visit: Visit, case_id: str) -> decisions.Decision:
    decision = decisions.decision_on(visit.store, case_named(visit, case_id).transfer_id)
    if decision is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return decision
