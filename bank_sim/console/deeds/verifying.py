"""Walking through the records, archives too; a chain that does not hold is an alarm of the gravest kind."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.search import newest_serial
from bank_sim.monitor.verification import Verified
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction

ALL = "records"
# A log of some ten thousand records is walked through by then; a longer one goes on, and the page says so.
_WAIT_S = 0.4


def facts(visit: Visit, subject: str) -> Shown:
    if subject != ALL:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Shown((("records", f"{newest_serial(visit.store):,}"),))


def note_only(visit: Visit, db: Transaction, order: Order) -> None:
    """The walk itself begins after the commit: it changes nothing that the journal entry must stand or fall with."""


def start(visit: Visit) -> None:
    rule = next(each for each in visit.premises.watch.rules if each.name == "LOG_TAMPERED")

    def found(store: Store, verified: Verified) -> None:
        archives = sum(each.why is not None for each in visit.bank.archives.verify(store))
        if verified.first_bad is not None or archives:
            with store.write() as db:
                alarms.strike(db, Finding(rule, "", 1 + archives, verified.first_bad), verified.at_ms)

    visit.premises.verifier.start(visit.who.login_name, visit.now_ms, found, _WAIT_S)
