"""What the bank keeps, for how long, and what becomes of it then (JR/T 0185 7.3.3, 11-4, 12.3).

    classes     every table of the bank with its retention, as data
    chains      the chained tables, and a walk through them
    files       one archive: an SQLite file that needs no bank to be read
    moving      what is over its time moves into archives, by the clock
    guards      what must hold before one is destroyed
    archives    which there are, whether they hold, when one may be destroyed
    searching   archived records by their facts
    sections    the kinds of data about a user, as data
    personal    what is held about one user, as a file, and its deletion as far as nothing keeps it

A record leaves the live database into an archive only, an archive is destroyed by two people only, and neither before
its time. It must not decide what is written: each part of the bank writes its own records.
"""

from collections.abc import Callable

from bank_sim.clock import Clock
from bank_sim.config import Config
from bank_sim.monitor import Watch, alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.folding import FOLDED_MAX
from bank_sim.records import archives, personal
from bank_sim.records.archives import Archives
from bank_sim.records.guards import DEFENCES
from bank_sim.records.moving import Archiving
from bank_sim.store import Store

SCHEMA = archives.SCHEMA + personal.SCHEMA

__all__ = ["DEFENCES", "SCHEMA", "Archives", "Archiving", "archiving"]


def archiving(config: Config, clock: Clock, epoch: Callable[[], int] = lambda: 0) -> Archiving:
    """The duty that moves records into archives, once the monitor has counted them; a broken chain is an alarm."""
    watch = Watch(clock, config.policy)
    tampered = next(each for each in watch.rules if each.name == "LOG_TAMPERED")

    def count(store: Store) -> None:
        while watch.look(store).records == FOLDED_MAX:
            pass

    def alarm(store: Store, serial: int) -> None:
        with store.write() as db:
            alarms.strike(db, Finding(tampered, "", 1, serial), clock.now_ms())

    return Archiving(config, count, alarm, epoch)
