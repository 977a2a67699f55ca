"""Full account numbers for reconciliation: proposed by one, agreed by another, withdrawn by one (JR/T 0185 7.2.2)."""

from __future__ import annotations

from bank_sim.console.deeds import applications
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.reconciliation import RECONCILIATION
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction


def facts(visit: Visit, app_id: str) -> Shown:
    """Who it is, and how the purpose stands."""
    shown = applications.facts(visit, app_id).facts
    granted = visit.bank.purposes.granted(app_id, RECONCILIATION)
    return Shown((*shown[:3], ("full_accounts", "purpose_granted" if granted else "purpose_not_granted")))


def propose(visit: Visit, db: Transaction, order: Order) -> None:
    """STATE_CHANGED where it is granted already."""
    if visit.bank.purposes.granted(order.subject, RECONCILIATION):
        raise problems.STATE_CHANGED.problem()
    proposals.propose(db, "grant_purpose", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def grant(visit: Visit, db: Transaction, app_id: str) -> None:
    """What an approved proposal does."""
    agreed = "proposed by one, agreed by another"
    visit.bank.purposes.grant(db, app_id, RECONCILIATION, by=visit.who.login_name, reason=agreed)


def withdraw(visit: Visit, db: Transaction, order: Order) -> None:
    by, reason = visit.who.login_name, masked(order.reason)
    visit.bank.purposes.withdraw(db, order.subject, RECONCILIATION, by=by, reason=reason)
