"""What the bank must do because time has passed: warn, expire, retire, suspend, retry, archive.

A duty reads off the virtual clock what has fallen due and does it; it costs next to nothing when nothing has, and may
be performed any number of times. One thread performs all of them every half second, and whoever moves the virtual
clock performs them at once, so that what a jump in time makes due has happened before the jump is reported as made.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bank_sim.clock import Clock
from bank_sim.store import Store

_PAUSE_S = 0.5
# Far longer than it takes to put a snapshot back.
_REST_S = 2.0

_log = logging.getLogger("bank.duties")


@dataclass(frozen=True, slots=True)
class Duty:
    """``perform`` is given a store of its thread's own and the time (ms since 1970, virtual)."""

    name: str
    perform: Callable[[Store, int], None]


class Duties:
    """All duties of one bank. ``run`` belongs into a thread of its own; ``stop`` ends it."""

    def __init__(self, duties: Sequence[Duty], clock: Clock) -> None:
        self._duties = tuple(duties)
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._failing: set[str] = set()
        self._stopping = threading.Event()
        self._rests_until_s = 0.0

    def perform(self, store: Store, *, by_itself: bool = False) -> None:
        """Each of them once. One that fails is tried again the next time; the others are performed.

        The log tells of its first failure and of its recovery, not of each try in between. ``by_itself``: nobody has
        asked for it, so that it can wait while the state is put back.
        """
        with self._one_at_a_time:
            if by_itself and time.monotonic() < self._rests_until_s:
                return
            now_ms = self._clock.now_ms()
            for duty in self._duties:
                try:
                    duty.perform(store, now_ms)
                except Exception:
                    if duty.name not in self._failing:
                        _log.exception("the duty %s fails; it is tried again until it does not", duty.name)
                    self._failing.add(duty.name)
                else:
                    if duty.name in self._failing:
                        _log.warning("the duty %s does not fail any more", duty.name)
                    self._failing.discard(duty.name)

    def run(self, open_store: Callable[[], Store]) -> None:
        """Perform them until ``stop``."""
        store = open_store()
        try:
            while not self._stopping.wait(_PAUSE_S):
                self.perform(store, by_itself=True)
        finally:
            store.close()

    def rest(self) -> None:
        """Let those under way end, and begin none for a moment: nothing read before a snapshot is put back may be
        written after it."""
        with self._one_at_a_time:
            self._rests_until_s = time.monotonic() + _REST_S

    def stop(self) -> None:
        self._stopping.set()
