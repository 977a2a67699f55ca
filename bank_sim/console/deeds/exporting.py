"""Taking records of the access log out of the house: one asks, another agrees, and it is written down."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.monitor.search import newest_serial
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.store import Transaction

RECORDS_MAX = 10_000
"""Of one export: a case is about hours, not about years. Ours."""


def stretch_of(visit: Visit, subject: str) -> tuple[int, int]:
    """``17-250`` -> the serials. RESOURCE_NOT_FOUND for what is no stretch of the live log, or too long a one."""
    first, _, last = subject.partition("-")
    if not all(each.isascii() and each.isdecimal() and len(each) <= 15 for each in (first, last)):
        raise problems.RESOURCE_NOT_FOUND.problem()
    found = int(first), int(last)
    if not 1 <= found[0] <= found[1] <= newest_serial(visit.store) or found[1] - found[0] >= RECORDS_MAX:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return found


def facts(visit: Visit, subject: str) -> Shown:
    first, last = stretch_of(visit, subject)
    return Shown((("export_stretch", f"{first:,} – {last:,}"), ("records", f"{last - first + 1:,}")))


def propose(visit: Visit, db: Transaction, order: Order) -> None:
    proposals.propose(db, "export_log", order.subject, order.reason, visit.who.login_name, visit.now_ms)


def allow(visit: Visit, db: Transaction, subject: str) -> None:
    """The agreement is what the download asks for; RESOURCE_NOT_FOUND where there is nothing to export any more."""
    stretch_of(visit, subject)
