"""Counters beyond one machine: calls in windows are counted at a storage of the library ``limits``, such as Redis.

Calls under way are counted on each machine for itself, as their answers leave from it. Windows are those of the
storage's own clock, which no sandbox moves. A call takes its places one after another, so that of two calls for the
last one both may be refused; never is more let through than the limit. A round trip for each limit and call: dearer by
far than ``counters``, which one machine does better with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from limits.errors import ConfigurationError
from limits.storage import Storage, storage_from_string
from limits.storage.base import SlidingWindowCounterSupport

from bank_sim.throttle.counters import Flight, Rate, SharedCounters, Taken
from bank_sim.throttle.windows import Use


class Counters(Protocol):
    """What the throttle asks of either kind; the words are those of ``SharedCounters``."""

    def take(self, rates: Sequence[Rate], flights: Sequence[Flight] = ()) -> Taken: ...
    def give_back(self, flights: Sequence[Flight]) -> None: ...
    def vacate(self, worker: int) -> None: ...
    def uses_of(self, rates: Sequence[Rate]) -> list[Use]: ...
    def flying(self, flights: Sequence[Flight]) -> list[int]: ...
    def close(self) -> None: ...


class RemoteCounters:
    """``near`` counts what is under way on this machine."""

    def __init__(self, near: SharedCounters, uri: str, warn_percent: int = 80) -> None:
        """``ValueError`` for a storage that the library does not know, or that has no sliding windows."""
        self._near = near
        self._warn_percent = warn_percent
        try:
            storage = storage_from_string(uri)
        except ConfigurationError as error:
            raise ValueError(f"no storage for counters: {error}") from error
        if not isinstance(storage, Storage) or not isinstance(storage, SlidingWindowCounterSupport):
            raise ValueError(f"{uri.partition(':')[0]} knows no sliding windows")
        self._storage: Storage = storage
        self._windows: SlidingWindowCounterSupport = storage

    def take(self, rates: Sequence[Rate], flights: Sequence[Flight] = ()) -> Taken:
        berth = self._near.take((), flights)
        uses = self.uses_of(rates)
        full = [each.enforced and use.calls >= each.limit for each, use in zip(rates, uses, strict=True)]
        exceeded = full.index(True) if True in full else None
        if berth.admitted and exceeded is None:
            exceeded = next((number for number, each in enumerate(rates) if not self._acquired(each)), None)
            if exceeded is None:
                after = [each.one_more() for each in uses]
                near = tuple(number for number, use in enumerate(after) if self._comes_near(rates[number], use))
                return Taken(tuple(after), berth.flying, None, None, near)
        if berth.admitted:
            self._near.give_back(flights)
        return Taken(tuple(uses), berth.flying, exceeded, berth.crowded, ())

    def give_back(self, flights: Sequence[Flight]) -> None:
        self._near.give_back(flights)

    def vacate(self, worker: int) -> None:
        self._near.vacate(worker)

    def uses_of(self, rates: Sequence[Rate]) -> list[Use]:
        return [self._use(each) for each in rates]

    def flying(self, flights: Sequence[Flight]) -> list[int]:
        return self._near.flying(flights)

    def close(self) -> None:
        self._near.close()

    def _use(self, rate: Rate) -> Use:
        previous, _, current, left_s = self._windows.get_sliding_window(rate.key, rate.window_ms // 1000)
        # The current window is kept for as long again, to be the previous one.
        left_ms = math.ceil(left_s * 1000) - rate.window_ms
        return Use(previous, current, min(rate.window_ms - 1, max(0, rate.window_ms - left_ms)), rate.window_ms)

    def _acquired(self, rate: Rate) -> bool:
        limit = rate.limit if rate.enforced else 2**31
        return self._windows.acquire_sliding_window_entry(rate.key, limit, rate.window_ms // 1000)

    def _comes_near(self, rate: Rate, use: Use) -> bool:
        """Whoever counts first under the warning of this window is the one who warns."""
        if use.calls * 100 < rate.limit * self._warn_percent:
            return False
        return self._storage.incr(f"warned:{rate.key}", rate.window_ms // 1000) == 1
