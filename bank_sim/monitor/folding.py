"""Takes in what the access log has gained, and hands it to all that is counted from it.

``fold`` reads on where it last stopped; what is new is added in the transaction that moves its mark, so each record is
counted once, whoever folds. What the counters mean is theirs to say: ``traffic``, ``habits``, ``totals``. The minutes
that something was added to wait to be judged, in the same transaction: no alarm is lost with whoever dies in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bank_sim.monitor import habits, totals, traffic
from bank_sim.monitor.traffic import Record
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS traffic_mark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    serial INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS traffic_unjudged (
    minute INTEGER PRIMARY KEY,
    serial INTEGER NOT NULL
) STRICT;
"""

FOLDED_MAX = 5_000

_NEW = f"SELECT {', '.join(Record._fields)} FROM access_log WHERE serial > ? ORDER BY serial LIMIT ?"  # noqa: S608

_NEWEST = "SELECT at_ms, elapsed_us FROM access_log WHERE serial = ?"


@dataclass(frozen=True, slots=True)
class Folded:
    """How many records one ``fold`` took in."""

    records: int


class Unjudged(NamedTuple):
    """A minute that records were added to since it was judged, the newest of them ``serial``."""

    minute: int
    serial: int


def fold(store: Store, records_max: int = FOLDED_MAX) -> Folded:
    """Take in what the access log has gained, the oldest first, up to ``records_max`` records.

    They are read and added up before the write lock is taken, which is then held for some milliseconds at most. Who
    finds that somebody else has folded meanwhile leaves it at that.
    """
    mark = _mark(store)
    rows = [Record(*row) for row in store.read(_NEW, (mark, records_max))]
    if not rows:
        return Folded(0)
    delta, seen, sums = traffic.Delta(), habits.Delta(), totals.Delta()
    for row in rows:
        delta.add(row)
        seen.add(row)
        sums.add(row)
    counters = delta.counters()
    with store.write() as db:
        # A sandbox may have been put back to a snapshot meanwhile: the mark is the same, the records are others.
        if _mark(store) != mark or store.read(_NEWEST, (rows[-1].serial,)) != [(rows[-1].at_ms, rows[-1].elapsed_us)]:
            return Folded(0)
        traffic.keep(db, delta, counters)
        habits.keep(db, seen)
        totals.keep(db, sums)
        db.execute("INSERT OR REPLACE INTO traffic_mark VALUES (1, ?)", (rows[-1].serial,))
        for minute in delta.minutes:
            db.execute("INSERT OR REPLACE INTO traffic_unjudged VALUES (?, ?)", (minute, rows[-1].serial))
    return Folded(len(rows))


def unjudged(store: Store) -> list[Unjudged]:
    """The minutes that wait for somebody to hold the rules against them, the oldest first."""
    return [Unjudged(*row) for row in store.read("SELECT minute, serial FROM traffic_unjudged ORDER BY minute")]


def judged(db: Transaction, minutes: Iterable[Unjudged]) -> None:
    """In the transaction that raises what they gave rise to. What was added meanwhile is judged the next time."""
    for each in minutes:
        db.execute("DELETE FROM traffic_unjudged WHERE minute = ? AND serial = ?", each)


def _mark(store: Store) -> int:
    rows = store.read("SELECT serial FROM traffic_mark")
    return rows[0][0] if rows else 0
