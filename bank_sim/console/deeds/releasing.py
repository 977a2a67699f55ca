"""Giving attempts back before their time: to a login, an address, a phone, or an address at the gateway."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.store import Transaction

GATE = "gate"
_KINDS = ("login", "source", "sms", "staff", "staff-source", GATE)


def facts(visit: Visit, subject: str) -> Shown:
    """``kind:who``. RESOURCE_NOT_FOUND for a kind that there is not."""
    kind, _, who = subject.partition(":")
    if kind not in _KINDS or not who:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Shown((("throttle", f"rest_{kind}"), ("about", who)))


def release(visit: Visit, db: Transaction, order: Order) -> None:
    kind, _, who = order.subject.partition(":")
    if kind == GATE:
        visit.premises.gate.release(db, who)
    else:
        visit.premises.rests.release(db, kind, who)
