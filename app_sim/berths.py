"""Bulkheads: so many calls of a kind may be under way at once, so that a slow one holds up its own kind only.

Without them everybody who serves pages would soon wait for the one interface that hangs, and nobody would be left for
those that answer (JR/T 0185 10.1.2 b, fault isolation). Whoever finds no berth waits for a moment, as long as healthy
calls take to make room, and is then turned away. Knows no bank and no call.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class BerthPolicy:
    """``places`` of each name at once; ``wait_s``: how long one is waited for, on the machine's own clock."""

    places: int = 3
    wait_s: float = 0.25


class Crowded(Exception):
    """The call was not made: all berths of its name were taken all the time."""


class Berths:
    """Berths for each name, made when it is first asked for. Threads share them."""

    def __init__(self, policy: BerthPolicy) -> None:
        self._policy = policy
        self._lock = threading.Lock()
        self._free: dict[str, threading.Semaphore] = {}
        self._turned_away: dict[str, int] = {}

    def run(self, name: str, call: Callable[[], Result]) -> Result:
        """Make the call in a berth of its name. Raises ``Crowded`` instead of making it, and whatever it raises."""
        with self._lock:
            free = self._free.setdefault(name, threading.Semaphore(self._policy.places))
        if not free.acquire(timeout=self._policy.wait_s):
            with self._lock:
                self._turned_away[name] = self._turned_away.get(name, 0) + 1
            raise Crowded(name)
        try:
            return call()
        finally:
            free.release()

    def turned_away(self) -> dict[str, int]:
        """How many calls found no berth since the start, by name."""
        with self._lock:
            return dict(self._turned_away)
