"""Destroying an archive whose time is over: one proposes, another agrees, and nothing goes early (JR/T 0185 11-4.2)."""

from __future__ import annotations

from datetime import datetime

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.records.guards import BEIJING
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.store import Transaction


def facts(visit: Visit, file: str) -> Shown:
    """RESOURCE_NOT_FOUND for a name that is no archive's, or of one that is gone."""
    found = [each for each in visit.bank.archives.listed(visit.store) if each.anchor.file == file]
    if not found or found[0].destroyed_ms is not None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    until = datetime.fromtimestamp(found[0].kept_until_ms / 1000, BEIJING).date().isoformat()
    return Shown((("archive", file), ("records", f"{found[0].records:,}"), ("archive_until", until)))


def propose(visit: Visit, db: Transaction, order: Order) -> None:
    """RETENTION_NOT_OVER."""
    visit.bank.archives.require_over(visit.store, order.subject, visit.now_ms, visit.weakened)
    proposals.propose(db, "destroy_archive", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def destroy(visit: Visit, db: Transaction, file: str) -> None:
    """What an approved proposal does; the file itself goes after the commit."""
    by, now_ms = visit.who.login_name, visit.now_ms
    visit.bank.archives.note_destruction(visit.store, db, file, by, now_ms, visit.weakened)


def announce(visit: Visit) -> None:
    visit.bank.archives.remove_destroyed(visit.store)
