"""The steps of an application's exit that the staff takes; the gravest two take a second person."""

from __future__ import annotations

from bank_sim.console.deeds import applications
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction
from bank_sim.supervision import guards, states

AGREED = "proposed by one, agreed by another"


def facts(visit: Visit, app_id: str) -> Shown:
    """Who it is, what depends on it, how far its exit has come."""
    shown = applications.facts(visit, app_id).facts
    found = states.current(visit.store, app_id)
    stage = f"exit_{found.state}" if found else "exit_none"
    pending = guards.open_transfers(visit.store, app_id, visit.now_ms)
    return Shown((*shown, ("stage", stage), ("open_transfers", str(pending))))


def propose_exit(visit: Visit, db: Transaction, order: Order) -> None:
    """Whether the application asked for it or not. STATE_CHANGED where an exit is under way or over."""
    found = states.current(visit.store, order.subject)
    if found is not None and found.state != "requested":
        raise problems.STATE_CHANGED.problem()
    proposals.propose(db, "exit_application", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def announce(visit: Visit, db: Transaction, app_id: str) -> None:
    """What an approved proposal does."""
    visit.bank.exits.announce(db, app_id, by=visit.who.login_name, reason=AGREED)


def stop(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.exits.stop(db, order.subject, by=visit.who.login_name, reason=masked(order.reason))


def settle(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.exits.settle(db, order.subject, by=visit.who.login_name, reason=masked(order.reason))


def propose_voiding(visit: Visit, db: Transaction, order: Order) -> None:
    """What the step still lacks is refused here, so that nobody agrees to what cannot be done: see ``Exits.void``."""
    visit.bank.exits.require("void", order.subject)
    proposals.propose(db, "void_application", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def void(visit: Visit, db: Transaction, app_id: str) -> None:
    """What an approved proposal does."""
    visit.bank.exits.void(db, app_id, by=visit.who.login_name, reason=AGREED)


def archive(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.exits.archive(db, order.subject, by=visit.who.login_name, reason=masked(order.reason))


def close(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.exits.close(db, order.subject, by=visit.who.login_name, reason=masked(order.reason))


def call_off(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.exits.call_off(db, order.subject, by=visit.who.login_name, reason=masked(order.reason))
