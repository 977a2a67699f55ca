"""The watch: takes in what the access log has gained, holds the rules against it, raises alarms. A look costs little.

``look`` serves whoever wants to see the newest, ``run`` belongs into a thread of its own with a ``Store`` opened there,
so that alarms are raised though nobody looks. Every minute that new records lie in is judged, not only the present one:
what happened before somebody moved the clock is not forgotten.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from bank_sim.clock import Clock
from bank_sim.monitor import alarms, folding, habits, traffic
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.detectors import Detectors
from bank_sim.monitor.folding import Folded
from bank_sim.monitor.rules import rules_of
from bank_sim.monitor.traffic import MINUTE_MS
from bank_sim.policy import Policy
from bank_sim.store import Store

_PAUSE_S = 2.0
_DAY_MIN = 1440

_log = logging.getLogger("bank.monitor")


class Watch:
    """``stop`` ends ``run``."""

    def __init__(self, clock: Clock, policy: Policy, lost: Callable[[], int] = lambda: 0) -> None:
        """``lost``: how many processes were replaced since it was last asked (``Machine.lost``)."""
        self._clock = clock
        self._lost = lost
        self.rules = rules_of(policy)
        self._detectors = Detectors()
        self._day = 0
        self._stopping = threading.Event()

    def look(self, store: Store) -> Folded:
        """One bounded step: at most ``FOLDED_MAX`` new records. What they give rise to is raised, and so is what others
        have taken in and not judged yet. Striking twice is striking once."""
        folded = folding.fold(store)
        now_ms = self._clock.now_ms()
        waiting = folding.unjudged(store)
        struck = [
            (finding, self._at_ms(each.minute, now_ms))
            for each in waiting
            for finding in self._detectors.find(store, self.rules, each.minute)
        ]
        if waiting or _some_are_quiet(store, now_ms):
            with store.write() as db:
                for finding, at_ms in struck:
                    alarms.strike(db, finding, at_ms)
                alarms.close_quiet(db, now_ms)
                folding.judged(db, waiting)
                if waiting and waiting[-1].minute // _DAY_MIN != self._day:
                    traffic.forget_old(db, waiting[-1].minute)
                    habits.forget_old(db, waiting[-1].minute)
                    self._day = waiting[-1].minute // _DAY_MIN
        return folded

    def run(self, open_store: Callable[[], Store]) -> None:
        """Look every few seconds until ``stop``; without a pause where there is more to take in."""
        store = open_store()
        try:
            while not self._stopping.is_set():
                try:
                    self.look_at_processes(store)
                    pause_s = 0.0 if self.look(store).records == folding.FOLDED_MAX else _PAUSE_S
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

    @staticmethod
    def _at_ms(minute: int, now_ms: int) -> int:
        return min(now_ms, (minute + 1) * MINUTE_MS - 1)


def _some_are_quiet(store: Store, now_ms: int) -> bool:
    sql = "SELECT 1 FROM alarms WHERE state = 'acknowledged' AND last_ms < ? LIMIT 1"
    return bool(store.read(sql, (now_ms - alarms.QUIET_MS,)))
