"""How each measure of a rule is taken: what is read off the counters for the window that ends with a minute.

A detector names whom it is about and how strongly; whether that is an alarm, how grave and what to do about it stands
in ``rules``. It reads counters only, never the access log, so that a look costs the same however many calls there were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bank_sim.monitor import figures, habits
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.figures import Figures, Key, Window
from bank_sim.monitor.habits import Usual
from bank_sim.monitor.rules import About, Measure, Rule
from bank_sim.monitor.traffic import MINUTE_MS
from bank_sim.store import Store

_COLUMN_OF: dict[About, str] = {"application": "app_id", "source": "source", "bank": "''"}
_QUARTER, _HOUR_MIN = 15, 60
_RHYTHM_DAYS = 7

_NETWORKS = """
SELECT app_id, count(DISTINCT network), max(last_serial) FROM traffic_origins WHERE minute BETWEEN ? AND ?
GROUP BY app_id HAVING count(DISTINCT network) >= ?
"""
_NEW_NETWORK = """
SELECT app_id, sum(calls), max(last_serial) FROM traffic_origins w WHERE minute BETWEEN :first AND :last
  AND NOT EXISTS (SELECT 1 FROM traffic_origins o
                  WHERE o.app_id = w.app_id AND o.network = w.network AND o.minute < :first)
  AND EXISTS (SELECT 1 FROM traffic_origins o WHERE o.app_id = w.app_id AND o.network <> w.network AND {known})
GROUP BY app_id HAVING sum(calls) >= :at_least
"""
_BEFORE = "o.minute < :first"
# The same network served it before, and serves it still: whoever moved would have stopped calling from there.
_BEFORE_AND_NOW = (
    "o.minute BETWEEN :first AND :last AND EXISTS (SELECT 1 FROM traffic_origins p"
    " WHERE p.app_id = o.app_id AND p.network = o.network AND p.minute < :first)"
)
_REACH = """
SELECT r.app_id, r.customers,
  (SELECT ifnull(max(customers), 0) FROM traffic_reach o
   WHERE o.app_id = r.app_id AND o.hour BETWEEN ?1 - ?2 AND ?1 - 1)
FROM traffic_reach r WHERE r.hour = ?1 AND r.customers >= ?3
"""


class Detectors:
    """All of them, with what they keep between two looks."""

    def __init__(self) -> None:
        self._baselines = habits.Baselines()
        self._detectors: Mapping[Measure, Callable[[Store, Rule, int], Iterator[Finding]]] = {
            "signs": signs,
            "networks": networks,
            "new_network": new_network,
            "two_places": two_places,
            "customers": customers,
            "surge": self.surge,
            "odd_hour": self.odd_hour,
        }

    def find(self, store: Store, rules: tuple[Rule, ...], minute: int) -> Iterator[Finding]:
        """What the rules find in the windows that end with a minute; those that others report find nothing here."""
        known: dict[tuple[Key, int], dict[str, Figures]] = {}
        for rule in rules:
            if detector := self._detectors.get(rule.measure):
                yield from detector(store, rule, minute)
            elif rule.measure != "reported":
                key: Key = "app_id" if rule.about == "application" else "api_id"
                if (key, rule.within) not in known:
                    known[(key, rule.within)] = figures.by(key, store, Window(minute * MINUTE_MS, rule.within))
                yield from _shares(rule, known[(key, rule.within)])

    def surge(self, store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
        """More calls in this quarter of an hour than ``factor`` times the busiest of two weeks."""
        for app_id, usual, now in self._compared(store, minute, _QUARTER):
            if usual.busiest_quarter and now >= max(rule.at_least, rule.factor * usual.busiest_quarter):
                yield Finding(rule, app_id, now)

    def odd_hour(self, store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
        """Calls at an hour of the day at which fewer than one in a thousand of its calls fell, in a week or more."""
        for app_id, usual, now in self._compared(store, minute, _HOUR_MIN):
            has_a_rhythm = len(usual.days) >= _RHYTHM_DAYS and usual.calls >= rule.calls_min
            is_odd = usual.by_hour[habits.hour_of_day(minute)] * 1000 < usual.calls
            if has_a_rhythm and is_odd and now >= rule.at_least:
                yield Finding(rule, app_id, now)

    def _compared(self, store: Store, minute: int, within: int) -> Iterator[tuple[str, Usual, int]]:
        """Applications with a past, and what was served to them since the quarter or hour began."""
        usual = self._baselines.of(store, minute)
        if not usual:
            return
        window = Window(minute * MINUTE_MS, minute % within + 1)
        for app_id, found in figures.by("app_id", store, window).items():
            if app_id in usual:
                yield app_id, usual[app_id], found.success


def signs(store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
    """Records with one of the rule's signs."""
    marks = ", ".join("?" * len(rule.signs))
    rows = store.read(
        f"SELECT {_COLUMN_OF[rule.about]}, sum(calls), max(last_serial) FROM traffic_signs"  # noqa: S608 - constants
        f" WHERE minute BETWEEN ? AND ? AND sign IN ({marks}) GROUP BY 1 HAVING sum(calls) >= ?",
        (minute - rule.within + 1, minute, *rule.signs, rule.at_least),
    )
    for subject, calls, last_serial in rows:
        if subject != "-":
            yield Finding(rule, subject, calls, last_serial)


def networks(store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
    """Served calls under one name from so many networks at once."""
    for app_id, many, last_serial in store.read(_NETWORKS, (minute - rule.within + 1, minute, rule.at_least)):
        yield Finding(rule, app_id, many, last_serial)


def new_network(store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
    """Served calls from where an application with a past has never called before."""
    yield from _from_new_network(store, rule, minute, _BEFORE)


def two_places(store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
    """Served calls from a new network, while the one that is known goes on calling."""
    yield from _from_new_network(store, rule, minute, _BEFORE_AND_NOW)


def customers(store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
    """Data of more customers in this hour than ``factor`` times its busiest hour of two weeks."""
    rows = store.read(_REACH, (minute // _HOUR_MIN, habits.BASE_DAYS * 24, rule.at_least))
    for app_id, many, busiest in rows:
        if many >= rule.factor * busiest:
            yield Finding(rule, app_id, many)


def _from_new_network(store: Store, rule: Rule, minute: int, known: str) -> Iterator[Finding]:
    rows = store.db.execute(
        _NEW_NETWORK.format(known=known),
        {"first": minute - rule.within + 1, "last": minute, "at_least": rule.at_least},
    )
    for app_id, calls, last_serial in rows.fetchall():
        yield Finding(rule, app_id, calls, last_serial)


def _shares(rule: Rule, found: dict[str, Figures]) -> Iterator[Finding]:
    for subject, each in found.items():
        value = _value(rule, each)
        if subject != "-" and each.calls >= rule.calls_min and value >= rule.at_least:
            yield Finding(rule, subject, value)


def _value(rule: Rule, found: Figures) -> int:
    if rule.measure == "fault_permille":
        return found.fault_permille
    if rule.measure == "refused_percent":
        return found.refused * 100 // found.calls
    return (found.latency_us(99) or 0) // 1000
