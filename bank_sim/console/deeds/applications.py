"""Suspending an application, proposing to resume it, revoking one of its keys."""

from __future__ import annotations

from bank_sim.consent.dependants import in_force_of
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.keys.custody import Change
from bank_sim.registry import directory
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction


def facts(visit: Visit, app_id: str) -> Shown:
    """Who it is, and how much depends on it."""
    listed = directory.application(visit.store, app_id)
    visit.app_id = app_id
    return Shown(
        (
            ("application", listed.called(visit.language)),
            ("app_id", app_id),
            ("status", f"status_{listed.status}"),
            ("consents", str(in_force_of(visit.store, app_id, visit.now_ms / 1000))),
        )
    )


def key_facts(visit: Visit, keyid: str) -> Shown:
    key = directory.key(visit.store, keyid)
    listed = directory.application(visit.store, keyid.partition(".")[0])
    visit.app_id = listed.app_id
    return Shown(
        (
            ("application", listed.called(visit.language)),
            ("key", keyid),
            ("use", f"use_{key.use}"),
            ("status", f"key_{key.state(visit.now_ms)}"),
        )
    )


def certificate_facts(visit: Visit, sha256: str) -> Shown:
    """Whose certificate it is. RESOURCE_NOT_FOUND."""
    listed = directory.application(visit.store, visit.bank.certificates.owner(sha256))
    visit.app_id = listed.app_id
    return Shown((("application", listed.called(visit.language)), ("certificate", sha256)))


def revoke_certificate(visit: Visit, db: Transaction, order: Order) -> None:
    change = Change(visit.who.login_name, masked(order.reason), visit.now_ms)
    visit.bank.certificates.revoke(db, order.subject, change)


def suspend(visit: Visit, db: Transaction, order: Order) -> None:
    by = visit.who.login_name
    visit.bank.standings.move(db, order.subject, "suspended", by=by, reason=masked(order.reason))


def revoke_key(visit: Visit, db: Transaction, order: Order) -> None:
    change = Change(visit.who.login_name, masked(order.reason), visit.now_ms)
    visit.bank.application_keys.revoke(db, order.subject, change)


def propose_resumption(visit: Visit, db: Transaction, order: Order) -> None:
    """STATE_CHANGED for an application that is not suspended."""
    if directory.application(visit.store, order.subject).status != "suspended":
        raise problems.STATE_CHANGED.problem()
    proposals.propose(db, "resume_application", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def resume(visit: Visit, db: Transaction, app_id: str) -> None:
    """What an approved proposal does."""
    visit.bank.standings.resume(db, app_id, by=visit.who.login_name, reason="proposed by one, agreed by another")
