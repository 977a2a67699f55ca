"""The watch: takes in what the access log has gained, holds the rules against it, raises alarms. A look costs little.

``look`` serves whoever wants to see the newest, ``run`` belongs into a thread of its own with a ``Store`` opened there,
so that alarms are raised though nobody looks. Every minute that new records lie in is judged, not only the present one:
what happened before somebody moved the clock is not forgotten.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

from bank_sim.clock import Clock
from bank_sim.config import Policy
from bank_sim.monitor import alarms, figures, traffic
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.figures import Figures, Key, Window
from bank_sim.monitor.rules import About, Rule, rules_of
from bank_sim.monitor.traffic import MINUTE_MS, Folded
from bank_sim.store import Store

_PAUSE_S = 2.0
_DAY_MIN = 1440
_COLUMN_OF: dict[About, str] = {"application": "app_id", "source": "source", "bank": "''"}

_log = logging.getLogger("bank.monitor")


class Watch:
    """``stop`` ends ``run``."""

    def __init__(self, clock: Clock, policy: Policy, lost: Callable[[], int] = lambda: 0) -> None:
        """``lost``: how many processes were replaced since it was last asked (``Machine.lost``)."""
        self._clock = clock
        self._lost = lost
        self.rules = rules_of(policy)
        self._day = 0
        self._stopping = threading.Event()

    def look(self, store: Store) -> Folded:
        """One bounded step: at most ``FOLDED_MAX`` new records. What they give rise to is raised."""
        folded = traffic.fold(store)
        now_ms = self._clock.now_ms()
        struck = [
            (finding, self._at_ms(minute, now_ms)) for minute in folded.minutes for finding in self._in(store, minute)
        ]
        is_new_day = bool(folded.minutes) and folded.minutes[-1] // _DAY_MIN != self._day
        if struck or is_new_day or _some_are_quiet(store, now_ms):
            with store.write() as db:
                for finding, at_ms in struck:
                    alarms.strike(db, finding, at_ms)
                alarms.close_quiet(db, now_ms)
                if is_new_day:
                    traffic.forget_old(db, folded.minutes[-1])
                    self._day = folded.minutes[-1] // _DAY_MIN
        return folded

    def run(self, open_store: Callable[[], Store]) -> None:
        """Look every few seconds until ``stop``; without a pause where there is more to take in."""
        store = open_store()
        try:
            while not self._stopping.is_set():
                try:
                    self.look_at_processes(store)
                    pause_s = 0.0 if self.look(store).records == traffic.FOLDED_MAX else _PAUSE_S
                except Exception:
                    # Whatever is wrong with the database now, the watch must live to look again.
                    _log.exception("the access log could not be looked at")
                    pause_s = _PAUSE_S
                self._stopping.wait(pause_s)
        finally:
            store.close()

    def stop(self) -> None:
        self._stopping.set()

    def look_at_processes(self, store: Store) -> None:
        """A process that was lost is an alarm of its own: nothing of it may stand in the access log."""
        if lost := self._lost():
            rule = next(each for each in self.rules if each.name == "PROCESS_LOST")
            with store.write() as db:
                alarms.strike(db, Finding(rule, "", lost), self._clock.now_ms())

    def _in(self, store: Store, minute: int) -> Iterator[Finding]:
        """What the rules find in the window that ends with a minute."""
        known: dict[tuple[Key, int], dict[str, Figures]] = {}
        for rule in self.rules:
            if rule.measure == "signs":
                yield from _signs(store, rule, minute)
            elif rule.measure != "reported":
                key: Key = "app_id" if rule.about == "application" else "api_id"
                if (key, rule.within) not in known:
                    known[(key, rule.within)] = figures.by(key, store, Window(minute * MINUTE_MS, rule.within))
                yield from _shares(rule, known[(key, rule.within)])

    @staticmethod
    def _at_ms(minute: int, now_ms: int) -> int:
        return min(now_ms, (minute + 1) * MINUTE_MS - 1)


def _signs(store: Store, rule: Rule, minute: int) -> Iterator[Finding]:
    marks = ", ".join("?" * len(rule.signs))
    rows = store.read(
        f"SELECT {_COLUMN_OF[rule.about]}, sum(calls), max(last_serial) FROM traffic_signs"  # noqa: S608 - constants
        f" WHERE minute BETWEEN ? AND ? AND sign IN ({marks}) GROUP BY 1 HAVING sum(calls) >= ?",
        (minute - rule.within + 1, minute, *rule.signs, rule.at_least),
    )
    for subject, calls, last_serial in rows:
        if subject != "-":
            yield Finding(rule, subject, calls, last_serial)


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


def _some_are_quiet(store: Store, now_ms: int) -> bool:
    sql = "SELECT 1 FROM alarms WHERE state = 'acknowledged' AND last_ms < ? LIMIT 1"
    return bool(store.read(sql, (now_ms - alarms.QUIET_MS,)))
