"""The blacklist: shutting out an address or an application, proposing to let one in again, letting in."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.registry import directory
from bank_sim.registry.blacklist import BlacklistEntry, BlacklistKind, source_subject
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction


def source_facts(visit: Visit, source: str) -> Shown:
    """PARAM_INVALID for what is no address. Whoever would shut out themselves is warned."""
    subject = source_subject(source)
    warning = "own_address" if covers(subject, visit.source) else None
    return Shown((("source", subject),), warning)


def application_facts(visit: Visit, app_id: str) -> Shown:
    listed = directory.application(visit.store, app_id)
    visit.app_id = app_id
    return Shown((("application", listed.called(visit.language)), ("app_id", app_id)))


def entry_facts(visit: Visit, subject: str) -> Shown:
    """``kind:subject`` of an entry. RESOURCE_NOT_FOUND where there is none."""
    entry = _entry(visit, subject)
    return Shown((("listed", entry.subject), ("reason", entry.reason), ("by", entry.added_by)))


def shut_out_source(visit: Visit, db: Transaction, order: Order) -> None:
    _add(visit, db, "source", source_subject(order.subject), order)


def shut_out_application(visit: Visit, db: Transaction, order: Order) -> None:
    directory.application(visit.store, order.subject)
    _add(visit, db, "application", order.subject, order)


def propose_removal(visit: Visit, db: Transaction, order: Order) -> None:
    _entry(visit, order.subject)
    proposals.propose(db, "remove_from_blacklist", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def let_in(visit: Visit, db: Transaction, subject: str) -> None:
    """What an approved proposal does."""
    kind, _, listed = subject.partition(":")
    visit.bank.blacklist.remove(db, kind, listed)


def announce(visit: Visit) -> None:
    """After the commit: every worker reads the list anew at its next call."""
    visit.bank.blacklist.announce()


def covers(subject: str, source: str) -> bool:
    """Whether an entry would hold for an address."""
    try:
        return ip_address(source) in ip_network(subject)
    except ValueError:
        return False


def _entry(visit: Visit, subject: str) -> BlacklistEntry:
    kind, _, listed = subject.partition(":")
    for each in visit.bank.blacklist.entries():
        if (each.kind, each.subject) == (kind, listed):
            return each
    raise problems.RESOURCE_NOT_FOUND.problem()


def _add(visit: Visit, db: Transaction, kind: BlacklistKind, subject: str, order: Order) -> None:
    by, reason = visit.who.login_name, masked(order.reason)
    visit.bank.blacklist.add(db, BlacklistEntry(kind, subject, reason, by, visit.now_ms, order.until_ms))
