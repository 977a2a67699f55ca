"""Builds of the SDK: withdrawing one at once, admitting it again with four eyes, raising the least version."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.store import Transaction


def facts(visit: Visit, fingerprint: str) -> Shown:
    """RESOURCE_NOT_FOUND."""
    build = visit.bank.releases.find(fingerprint)
    facts = ("sdk_version", build.version), ("sdk_fingerprint", fingerprint), ("status", f"sdk_{build.state}")
    usable = [each.fingerprint for each in visit.bank.releases.listed() if each.state == "allowed"]
    return Shown(facts, "sdk_last_build" if usable == [fingerprint] else None)


def version_facts(visit: Visit, version: str) -> Shown:
    """RESOURCE_NOT_FOUND for a version of which no build was published."""
    if all(each.version != version for each in visit.bank.releases.listed()):
        raise problems.RESOURCE_NOT_FOUND.problem()
    least = visit.bank.releases.minimum() or "–"
    return Shown((("sdk_version", version), ("sdk_minimum_now", least)))


def withdraw(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.releases.withdraw(db, order.subject, visit.who.login_name, order.reason)


def propose_admission(visit: Visit, db: Transaction, order: Order) -> None:
    """ILLEGAL_TRANSITION for a build that may be used already."""
    if visit.bank.releases.find(order.subject).state != "withdrawn":
        raise problems.ILLEGAL_TRANSITION.problem()
    proposals.propose(db, "admit_sdk", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def admit_again(visit: Visit, db: Transaction, fingerprint: str) -> None:
    """What an approved proposal does."""
    visit.bank.releases.admit_again(db, fingerprint, visit.who.login_name, "agreed by a second person")


def set_minimum(visit: Visit, db: Transaction, order: Order) -> None:
    visit.bank.releases.set_minimum(db, order.subject, visit.who.login_name, order.reason)
