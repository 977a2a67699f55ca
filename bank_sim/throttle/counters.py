"""Counters of calls that all workers of one bank share, exact: a call takes its place under all its limits, or none.

They lie in memory that the workers share (``slots``). SQLite in their place, one transaction a call, was measured at
more than twice the cost, and far more while other processes wrote to the same disk. It implements the storage interface
of the library ``limits`` (sliding-window and fixed-window counters), behind which Redis can stand beyond one machine.
The time is the bank's virtual time. It knows keys and numbers, never whose they are.

A worker that is killed within the few microseconds of counting leaves a counter that is off by one until its window is
over; what it had under way is given back when its successor begins (``vacate``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport

from bank_sim.throttle.slots import Slots
from bank_sim.throttle.windows import Use, use_at

WORKERS_MAX = 64
_FLIGHTS = 2**11
# The words of a slot of calls in a window, behind its hash.
_WINDOW, _CURRENT, _PREVIOUS, _WARNED, _OVER_MS = 1, 2, 3, 4, 5
_RATE_WORDS, _FLIGHT_WORDS = 8, 1 + WORKERS_MAX


class Rate(NamedTuple):
    """At most ``limit`` calls within ``window_ms`` under one key; ``enforced`` False: counted only."""

    key: str
    limit: int
    window_ms: int
    enforced: bool = True


class Flight(NamedTuple):
    """At most ``limit`` calls under one key at the same time."""

    key: str
    limit: int
    enforced: bool = True


class Taken(NamedTuple):
    """What became of a call. ``uses`` and ``flying`` stand in the order asked, the call itself included if admitted.

    ``exceeded``, ``crowded``: the numbers of the first rate, and of the first flight, that has no room for it.
    ``near``: the rates that this call, as the first in its window, has brought to the share that is worth a warning.
    """

    uses: tuple[Use, ...]
    flying: tuple[int, ...]
    exceeded: int | None
    crowded: int | None
    near: tuple[int, ...]

    @property
    def admitted(self) -> bool:
        return self.exceeded is None and self.crowded is None


class SharedCounters(Storage, SlidingWindowCounterSupport):
    """One process's view. ``worker``, from 0: whose calls are under way, over its replacement too."""

    STORAGE_SCHEME = ["bank-shared"]  # noqa: RUF012 - the library's own form

    def __init__(
        self, path: Path, now_ms: Callable[[], int], worker: int = 0, warn_percent: int = 80, keys_max: int = 4096
    ) -> None:
        """``keys_max``: a power of two, the same for all that share the file."""
        super().__init__()
        # Its lock is that of both tables.
        self._rates = Slots(path, keys_max, _RATE_WORDS)
        self._flights = Slots(path.with_suffix(".flights"), min(_FLIGHTS, keys_max // 16), _FLIGHT_WORDS)
        self._now_ms = now_ms
        self._worker = worker
        self._warn_percent = warn_percent

    def close(self) -> None:
        self._rates.close()
        self._flights.close()

    def take(self, rates: Sequence[Rate], flights: Sequence[Flight] = ()) -> Taken:
        """Count a call under every key, or under none where one of them has no room."""
        with self._rates:
            now_ms = self._now_ms()
            uses = [self._use(each, now_ms) for each in rates]
            flying = [self._under_way(each) for each in flights]
            exceeded = _first(
                [each.enforced and use.calls >= each.limit for each, use in zip(rates, uses, strict=True)]
            )
            crowded = _first([each.enforced and now >= each.limit for each, now in zip(flights, flying, strict=True)])
            if exceeded is not None or crowded is not None:
                return Taken(tuple(uses), tuple(flying), exceeded, crowded, ())
            uses = [use.one_more() for use in uses]
            near = [self._count(rate, use, now_ms) for rate, use in zip(rates, uses, strict=True)]
            for each in flights:
                self._move(each, 1)
        at_limits = tuple(number for number, is_near in enumerate(near) if is_near) if True in near else ()
        return Taken(tuple(uses), tuple([each + 1 for each in flying]), None, None, at_limits)

    def give_back(self, flights: Sequence[Flight]) -> None:
        """The answer to an admitted call has left."""
        with self._rates:
            for each in flights:
                self._move(each, -1)

    def vacate(self, worker: int) -> None:
        """Nothing of a worker that begins is under way, whatever its predecessor left."""
        with self._rates:
            words = self._flights.words
            for at in self._flights.every():
                if words[at]:
                    words[at + 1 + worker] = 0

    def vacate_all(self) -> None:
        """Nothing at all is under way: the bank begins."""
        with self._rates:
            self._flights.clear()

    def uses_of(self, rates: Sequence[Rate]) -> list[Use]:
        """How much is used now; nothing is counted."""
        now_ms = self._now_ms()
        return [self._use(each, now_ms) for each in rates]

    def flying(self, flights: Sequence[Flight]) -> list[int]:
        """How many calls are under way now."""
        return [self._under_way(each) for each in flights]

    # The interface of the library

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """``limits.strategies.SlidingWindowCounterRateLimiter.hit``; ``amount`` other than 1 is not asked for here."""
        if amount != 1:
            raise ValueError("a call counts as one")
        return self.take([Rate(key, limit, expiry * 1000)]).admitted

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        use = self.uses_of([Rate(key, 0, expiry * 1000)])[0]
        left_s = use.left_ms / 1000
        return use.previous, left_s, use.current, left_s + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        self.clear(key)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """A fixed window that begins with its first call and ends ``expiry`` seconds later."""
        with self._rates as table:
            now_ms = self._now_ms()
            at = table.claim(key, self._is_over, _OVER_MS)
            if table.words[at + _OVER_MS] <= now_ms:
                table.words[at + _CURRENT], table.words[at + _OVER_MS] = 0, now_ms + expiry * 1000
            table.words[at + _CURRENT] += amount
            return table.words[at + _CURRENT]

    def get(self, key: str) -> int:
        at, words = self._rates.find(key), self._rates.words
        return words[at + _CURRENT] if at is not None and words[at + _OVER_MS] > self._now_ms() else 0

    def get_expiry(self, key: str) -> float:
        at = self._rates.find(key)
        return (self._rates.words[at + _OVER_MS] if at is not None else self._now_ms()) / 1000

    def check(self) -> bool:
        return True

    def reset(self) -> None:
        with self._rates as table:
            table.clear()

    def clear(self, key: str) -> None:
        with self._rates as table:
            if (at := table.find(key)) is not None:
                for word in range(at + 1, at + _RATE_WORDS):
                    table.words[word] = 0

    def _use(self, rate: Rate, now_ms: int) -> Use:
        at, words = self._rates.find(rate.key), self._rates.words
        if at is None:
            return use_at(-1, 0, 0, rate.window_ms, now_ms)
        return use_at(words[at + _WINDOW], words[at + _CURRENT], words[at + _PREVIOUS], rate.window_ms, now_ms)

    def _count(self, rate: Rate, use: Use, now_ms: int) -> bool:
        """Write down a use; whether it is near its limit, as the first in its window."""
        words, window = self._rates.words, now_ms // rate.window_ms
        at = self._rates.claim(rate.key, self._is_over, _OVER_MS)
        if words[at + _WINDOW] != window:
            words[at + _WINDOW], words[at + _PREVIOUS] = window, use.previous
            words[at + _OVER_MS] = (window + 2) * rate.window_ms
        words[at + _CURRENT] = use.current
        near = use.calls * 100 >= rate.limit * self._warn_percent and words[at + _WARNED] != window
        if near:
            words[at + _WARNED] = window
        return near

    def _is_over(self, words: memoryview, at: int) -> bool:
        return bool(words[at + _OVER_MS] <= self._now_ms())

    def _under_way(self, flight: Flight) -> int:
        at = self._flights.find(flight.key)
        return sum(self._flights.words[at + 1 : at + _FLIGHT_WORDS]) if at is not None else 0

    def _move(self, flight: Flight, by: int) -> None:
        at = self._flights.claim(flight.key, _is_empty, 1 + self._worker)
        mine = at + 1 + self._worker
        self._flights.words[mine] = max(0, self._flights.words[mine] + by)


def _is_empty(words: memoryview, at: int) -> bool:
    return not any(words[at + 1 : at + _FLIGHT_WORDS])


def _first(full: list[bool]) -> int | None:
    return full.index(True) if True in full else None
