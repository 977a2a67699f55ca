"""Counters that processes share: exact between them, all of a call or nothing, and a storage for the library limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter

from bank_sim.clock import ManualClock
from bank_sim.throttle.counters import Flight, Rate, SharedCounters
from tests.bank.conftest import in_processes

Open = Callable[..., SharedCounters]
MINUTE, DAY = 60_000, 86_400_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_769_824_800.0)


@pytest.fixture
def opened(tmp_path: Path, clock: ManualClock) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda worker=0: stack.enter_context(
            closing(SharedCounters(tmp_path / "calls.shared", clock.now_ms, worker))
        )


@pytest.mark.clause("10.1.2-1.1.2")
def test_four_processes_together_are_let_through_as_often_as_one_would_be(
    tmp_path: Path, clock: ManualClock, opened: Open
) -> None:
    def calls_250_times() -> None:
        with closing(SharedCounters(tmp_path / "calls.shared", clock.now_ms)) as counters:
            rate = Rate("app:a:minute", 600, MINUTE)
            let_through = sum(counters.take([rate, Rate("app:a:day", 10**6, DAY)]).admitted for _ in range(250))
            counters.incr("let through", 3600, let_through)

    opened()
    assert in_processes(*[calls_250_times] * 4) == [0] * 4
    counters = opened()
    assert counters.get("let through") == 600
    assert [use.calls for use in counters.uses_of([Rate("app:a:minute", 600, MINUTE), Rate("app:a:day", 1, DAY)])] == [
        600,
        600,
    ]


@pytest.mark.clause("10.1.2-1.1.1")
def test_four_processes_together_have_no_more_under_way_than_the_limit(
    tmp_path: Path, clock: ManualClock, opened: Open
) -> None:
    flight = Flight("app:a:concurrent", 3)

    def takes_off(worker: int) -> Callable[[], None]:
        def act() -> None:
            with closing(SharedCounters(tmp_path / "calls.shared", clock.now_ms, worker)) as counters:
                counters.incr("took off", 3600, sum(counters.take([], [flight]).admitted for _ in range(20)))

        return act

    opened()
    assert in_processes(*[takes_off(name) for name in range(4)]) == [0] * 4
    counters = opened()
    assert counters.get("took off") == 3
    assert counters.flying([flight]) == [3]


@pytest.mark.clause("10.1.2-1.1.1", "10.1.2-1.3.2")
def test_what_a_killed_worker_had_under_way_is_given_back_when_its_successor_begins(opened: Open) -> None:
    flight = Flight("app:a:concurrent", 2)
    killed, other = opened(0), opened(1)
    assert killed.take([], [flight]).admitted
    assert other.take([], [flight]).admitted
    assert other.take([], [flight]).crowded == 0
    opened(0).vacate(0)
    assert other.flying([flight]) == [1]
    other.give_back([flight])
    other.give_back([flight])
    assert other.flying([flight]) == [0]
    assert other.take([], [flight]).admitted
    opened(0).vacate_all()
    assert other.flying([flight]) == [0]


def test_a_call_takes_its_place_under_every_limit_or_under_none(opened: Open) -> None:
    counters = opened()
    wide, narrow, flight = Rate("wide", 10, MINUTE), Rate("narrow", 1, MINUTE), Flight("crowd", 5)
    assert counters.take([wide, narrow], [flight]).admitted
    refused = counters.take([wide, narrow], [flight])
    assert (refused.admitted, refused.exceeded, refused.crowded) == (False, 1, None)
    assert [each.calls for each in counters.uses_of([wide, narrow])] == [1, 1]
    assert counters.flying([flight]) == [1]


def test_what_is_not_enforced_is_counted_all_the_same(opened: Open) -> None:
    counters = opened()
    for _ in range(3):
        assert counters.take([Rate("a", 1, MINUTE, enforced=False)], [Flight("b", 1, enforced=False)]).admitted
    assert (counters.uses_of([Rate("a", 1, MINUTE)])[0].calls, counters.flying([Flight("b", 1)])) == (3, [3])


def test_a_limit_comes_near_once_a_window_whoever_brings_it_there(opened: Open, clock: ManualClock) -> None:
    one, other = opened(), opened()
    rate = Rate("app:a:minute", 10, MINUTE)
    near = [(one, other)[number % 2].take([rate]).near for number in range(10)]
    assert near == [()] * 7 + [(0,)] + [()] * 2
    clock.advance(120)
    assert [one.take([rate]).near for _ in range(8)] == [()] * 7 + [(0,)]


def test_the_strategies_of_the_library_run_on_it_as_on_its_own_storage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same calls at the same instants of the machine's clock, let through and refused alike."""
    # Not on a whole second, where the library's floating point and our whole numbers may round apart.
    now_s = time.time() // 60 * 60 + 600.25
    monkeypatch.setattr("time.time", lambda: now_s)
    item = RateLimitItemPerMinute(5)
    with closing(SharedCounters(tmp_path / "calls.shared", lambda: int(now_s * 1000))) as counters:
        ours, theirs = SlidingWindowCounterRateLimiter(counters), SlidingWindowCounterRateLimiter(MemoryStorage())
        outcomes = []
        for step in (0, 1, 1, 1, 1, 1, 40, 20, 5, 10, 15, 1, 1, 60, 1, 1, 200, 1):
            now_s += step
            outcomes.append(ours.hit(item, "app"))
            assert outcomes[-1] == theirs.hit(item, "app")
            assert ours.test(item, "app") == theirs.test(item, "app")
            assert ours.get_window_stats(item, "app").remaining == theirs.get_window_stats(item, "app").remaining
        assert {True, False} == set(outcomes)
        ours.clear(item, "app")
        assert ours.hit(item, "app")
        fixed = FixedWindowRateLimiter(counters)
        assert [fixed.hit(RateLimitItemPerSecond(2), "fixed") for _ in range(3)] == [True, True, False]
        now_s += 1
        assert fixed.hit(RateLimitItemPerSecond(2), "fixed")
        assert counters.get_expiry(RateLimitItemPerSecond(2).key_for("fixed")) == now_s + 1
        assert counters.check()
        counters.reset()
        assert ours.get_window_stats(item, "app").remaining == 5
