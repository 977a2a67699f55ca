"""Events to applications: probing how an application takes them, and having dead letters posted again."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.events import Selection, endpoint_of, probes
from bank_sim.registry import directory
from bank_sim.sdk.protocol import problems
from bank_sim.store import Transaction


def facts(visit: Visit, app_id: str) -> Shown:
    """RESOURCE_NOT_FOUND for an application that gave no address: nothing can be posted to it."""
    listed, endpoint = directory.application(visit.store, app_id), endpoint_of(visit.store, app_id)
    if endpoint is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    visit.app_id = app_id
    return Shown((("application", listed.called(visit.language)), ("app_id", app_id), ("events_address", endpoint.url)))


def probe(visit: Visit, db: Transaction, order: Order) -> None:
    """Ordered; the thread that delivers events performs it within a second."""
    probes.order(db, order.subject, visit.who.login_name, visit.now_ms)


def replay_dead(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.events.replay(db, order.subject, Selection(dead_only=True), visit.who.login_name)
