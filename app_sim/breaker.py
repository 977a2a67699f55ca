"""A circuit breaker: spares a bank that does not answer, and a user who would wait for it in vain.

    closed ──enough calls, enough failures, a high enough rate──▶ open
       ▲                                                          │ after ``rest_s``
       └──``probes_good`` probes answered──  half-open  ◀─────────┘
                                             │ a probe fails: open again

It counts what it is told and nothing else: what a failure is, is for the caller to say, and no lock is held while a
call is under way, or while somebody is told that it turned. Time is passed in; a clock that is set back never keeps a
breaker open for longer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

Result = TypeVar("Result")
Condition = Literal["closed", "open", "half_open"]
Judgement = bool | None
"""Of a call that raised: True, it was answered all the same; False, it failed; None, it says nothing about the bank."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a breaker opens and how it dares to ask again. A window is counted in ``buckets`` that age one by one."""

    window_s: float = 60.0
    buckets: int = 12
    calls_min: int = 4
    """With fewer calls in the window a rate says nothing."""
    failures_min: int = 3
    failure_rate: float = 0.5
    rest_s: float = 15.0
    probes: int = 1
    """How many calls may be under way at once while it is half-open."""
    probes_good: int = 2
    """How many of them must be answered before it closes."""


@dataclass(frozen=True, slots=True)
class BreakerState:
    """A breaker as of now; ``calls`` and ``failures`` are those of the window.

    ``since_s``: when it opened after it was closed last; ``next_probe_s``: since when, or from when on, it lets a call
    through again.
    """

    condition: Condition
    since_s: float | None
    next_probe_s: float | None
    calls: int
    failures: int


Heed = Callable[[str, BreakerState], None]
"""Told, by a breaker's name, that it has turned to another condition. It must not raise."""


def heed_nothing(name: str, state: BreakerState) -> None:
    """For whoever only looks."""


class Resting(Exception):
    """The call was not made: the breaker is open, or half-open with all its probes under way."""

    def __init__(self, state: BreakerState) -> None:
        super().__init__(state.condition)
        self.state = state


Rest = Callable[[BreakerState], None]
"""Asked about a call while the breaker rests. It raises ``Resting``; where it does not, the call is made anyway."""


def rest(state: BreakerState) -> None:
    """``Resting``."""
    raise Resting(state)


class Breaker:
    """One breaker, for calls that stand and fall together. Threads may share it."""

    def __init__(
        self,
        policy: BreakerPolicy,
        now_s: Callable[[], float],
        name: str = "",
        heed: Heed = heed_nothing,
        rest: Rest = rest,
    ) -> None:
        self._policy = policy
        self._now_s = now_s
        self._name = name
        self._heed = heed
        self._rest = rest
        self._turned: list[BreakerState] = []
        self._lock = threading.Lock()
        self._window = _Window(policy)
        self._condition: Condition = "closed"
        self._since_s: float | None = None
        self._opened_s = 0.0
        self._under_way = 0
        self._good = 0
        # A call belongs to the era it began in: what it reports after a change of condition is old news.
        self._era = 0

    def run(self, call: Callable[[], Result], judge: Callable[[Exception], Judgement]) -> Result:
        """Make the call and count it. Raises ``Resting`` instead of making it, and whatever the call raises."""
        era = self._enter()
        self._tell()
        judgement: Judgement = None
        try:
            result = call()
            judgement = True
            return result
        except Exception as error:
            judgement = judge(error)
            raise
        finally:
            self._leave(era, judgement)
            self._tell()

    def state(self) -> BreakerState:
        """Look without touching."""
        with self._lock:
            return self._state(self._now_s())

    def _enter(self) -> int:
        with self._lock:
            now_s = self._now_s()
            if self._condition == "open" and self._rested(now_s):
                self._turn("half_open")
            if self._condition == "open" or self._under_way >= self._places():
                self._rest(self._state(now_s))
            self._under_way += 1
            return self._era

    def _leave(self, era: int, judgement: Judgement) -> None:
        with self._lock:
            if era != self._era:
                return
            self._under_way -= 1
            if judgement is None:
                return
            now_s = self._now_s()
            if self._condition == "half_open":
                self._heed_probe(judgement, now_s)
            else:
                self._window.count(now_s, failed=not judgement)
                if self._window.is_bad(now_s):
                    self._open(now_s)

    def _tell(self) -> None:
        with self._lock:
            turned, self._turned = self._turned, []
        for state in turned:
            self._heed(self._name, state)

    def _heed_probe(self, answered: bool, now_s: float) -> None:
        if not answered:
            self._open(now_s)
            return
        self._good += 1
        if self._good >= self._policy.probes_good:
            self._since_s = None
            self._window = _Window(self._policy)
            self._turn("closed")

    def _open(self, now_s: float) -> None:
        self._opened_s = now_s
        if self._since_s is None:
            self._since_s = now_s
        self._turn("open")

    def _turn(self, condition: Condition) -> None:
        self._condition = condition
        self._era += 1
        self._under_way = 0
        self._good = 0
        self._turned.append(self._state(self._now_s()))

    def _rested(self, now_s: float) -> bool:
        return not self._opened_s <= now_s < self._opened_s + self._policy.rest_s

    def _places(self) -> float:
        return self._policy.probes if self._condition == "half_open" else float("inf")

    def _state(self, now_s: float) -> BreakerState:
        next_probe_s = None
        if self._condition == "open":
            rested_s = self._opened_s + self._policy.rest_s
            next_probe_s = min(now_s, rested_s) if self._rested(now_s) else rested_s
        elif self._condition == "half_open":
            next_probe_s = now_s
        calls, failures = self._window.totals(now_s)
        return BreakerState(self._condition, self._since_s, next_probe_s, calls, failures)


@dataclass(frozen=True, slots=True)
class Outage:
    """What is not asked for at present: since when, and when it will be tried again (seconds since 1970).

    ``names``: the breakers that are open. ``partial``: others have answered lately.
    """

    since_s: float
    next_probe_s: float
    names: tuple[str, ...]
    partial: bool


class Breakers:
    """A breaker for each name, made when it is first asked for. ``policies``: of those that have one of their own."""

    def __init__(
        self,
        policy: BreakerPolicy,
        now_s: Callable[[], float],
        heed: Heed = heed_nothing,
        policies: Mapping[str, BreakerPolicy] | None = None,
        rest: Rest = rest,
    ) -> None:
        self._policy = policy
        self._now_s = now_s
        self._heed = heed
        self._policies = policies or {}
        self._rest = rest
        self._lock = threading.Lock()
        self._by_name: dict[str, Breaker] = {}

    def of(self, name: str) -> Breaker:
        with self._lock:
            if name not in self._by_name:
                policy = self._policies.get(name, self._policy)
                self._by_name[name] = Breaker(policy, self._now_s, name, self._heed, self._rest)
            return self._by_name[name]

    def states(self) -> dict[str, BreakerState]:
        """The state of each breaker that has been asked for, by name."""
        with self._lock:
            known = dict(self._by_name)
        return {name: known[name].state() for name in sorted(known)}

    def outage(self) -> Outage | None:
        """What rests at present; None while everything that was asked for answers.

        A breaker whose rest ended long ago, and that nobody has asked since, tells of the past and not of the bank.
        """
        states, oldest_s = self.states(), self._now_s() - self._policy.window_s
        resting = {
            name: each
            for name, each in states.items()
            if each.condition == "open" and each.next_probe_s is not None and each.next_probe_s > oldest_s
        }
        if not resting:
            return None
        return Outage(
            min(each.since_s for each in resting.values() if each.since_s is not None),
            min(each.next_probe_s for each in resting.values() if each.next_probe_s is not None),
            tuple(resting),
            any(each.condition == "closed" and each.calls > each.failures for each in states.values()),
        )


class _Window:
    """Calls and failures of the last ``window_s``, by the bucket of time they fell into."""

    def __init__(self, policy: BreakerPolicy) -> None:
        self._policy = policy
        self._width_s = policy.window_s / policy.buckets
        self._buckets: dict[int, tuple[int, int]] = {}

    def count(self, now_s: float, *, failed: bool) -> None:
        self._forget(now_s)
        bucket = self._bucket(now_s)
        calls, failures = self._buckets.get(bucket, (0, 0))
        self._buckets[bucket] = (calls + 1, failures + failed)

    def is_bad(self, now_s: float) -> bool:
        calls, failures = self.totals(now_s)
        enough = calls >= self._policy.calls_min and failures >= self._policy.failures_min
        return enough and failures >= self._policy.failure_rate * calls

    def totals(self, now_s: float) -> tuple[int, int]:
        newest = self._bucket(now_s)
        living = [each for bucket, each in self._buckets.items() if newest - self._policy.buckets < bucket <= newest]
        return sum(calls for calls, _ in living), sum(failures for _, failures in living)

    def _forget(self, now_s: float) -> None:
        newest = self._bucket(now_s)
        oldest = newest - self._policy.buckets
        self._buckets = {bucket: each for bucket, each in self._buckets.items() if oldest < bucket <= newest}

    def _bucket(self, now_s: float) -> int:
        return int(now_s // self._width_s)
