"""Proposing a planned rotation of one of the bank's keys, carrying it out once agreed, revoking a key at once."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.keys import ring
from bank_sim.keys.custody import Change
from bank_sim.keys.ring import RingKey
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction

AGREED = "proposed by one, agreed by another"


def kind_of(key: RingKey) -> str:
    """How a kind of key is named: ``gm-sig``."""
    return f"{key.suite}-{key.use}"


def kind_facts(visit: Visit, kind: str) -> Shown:
    """RESOURCE_NOT_FOUND for a kind that there is not."""
    return _shown(_of_kind(visit, kind, "active"))


def key_facts(visit: Visit, kid: str) -> Shown:
    """RESOURCE_NOT_FOUND."""
    found = [each for each in ring.keys_of(visit.store.read) if each.kid == kid]
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return _shown(found[0])


def propose_rotation(visit: Visit, db: Transaction, order: Order) -> None:
    """STATE_CHANGED where one is planned already."""
    if _of_kind(visit, order.subject, "next").due_ms is not None:
        raise problems.STATE_CHANGED.problem()
    proposals.propose(db, "rotate_bank_key", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def rotate(visit: Visit, db: Transaction, kind: str) -> None:
    """What an approved proposal does."""
    suite, _, use = kind.partition("-")
    visit.bank.rotation.plan(db, suite, use, Change(visit.who.login_name, AGREED, visit.now_ms))


def revoke(visit: Visit, db: Transaction, order: Order) -> None:
    change = Change(visit.who.login_name, masked(order.reason), visit.now_ms)
    visit.bank.rotation.revoke(db, order.subject, change)


def announce(visit: Visit) -> None:
    """After the commit: every process looks at the keys anew at its next call."""
    visit.bank.rotation.announce()


def _of_kind(visit: Visit, kind: str, state: str) -> RingKey:
    found = [each for each in ring.keys_of(visit.store.read) if kind_of(each) == kind and each.state == state]
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return found[0]


def _shown(key: RingKey) -> Shown:
    return Shown((("bank_keys_kind", kind_of(key)), ("bank_key", key.kid), ("status", f"ring_{key.state}")))
