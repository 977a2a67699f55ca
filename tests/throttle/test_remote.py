"""Counters at a storage of the library: its own in memory stands for any; the machine's clock is held still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bank_sim.throttle.counters import Flight, Rate, SharedCounters
from bank_sim.throttle.remote import RemoteCounters

MINUTE = 60_000


class Machine:
    now_s = 1_769_824_800.25

    def time(self) -> float:
        return self.now_s


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr("time.time", machine.time)
    return machine


@pytest.fixture
def counters(tmp_path: Path, machine: Machine) -> Iterator[RemoteCounters]:
    near = SharedCounters(tmp_path / "calls.shared", lambda: int(machine.now_s * 1000))
    with closing(RemoteCounters(near, "memory://")) as counters:
        yield counters


@pytest.mark.clause("10.1.2-1.1.2")
def test_a_limit_holds_at_a_storage_of_the_library_and_says_how_long_to_wait(
    counters: RemoteCounters, machine: Machine
) -> None:
    rates, flight = [Rate("app:minute", 5, MINUTE), Rate("app:day", 100, 86_400_000)], Flight("app:concurrent", 9)
    taken = [counters.take(rates, [flight]) for _ in range(7)]
    assert [each.admitted for each in taken] == [True] * 5 + [False] * 2
    assert [each.near for each in taken] == [(), (), (), (0,), (), (), ()]
    assert (taken[-1].exceeded, counters.flying([flight])) == (0, [5])
    assert [each.calls for each in counters.uses_of(rates)] == [5, 5]
    machine.now_s += taken[-1].uses[0].wait_ms(5) / 1000 + 0.01
    assert counters.take(rates).admitted


def test_calls_under_way_are_counted_on_this_machine(counters: RemoteCounters) -> None:
    flight = Flight("app:concurrent", 1)
    assert counters.take([], [flight]).admitted
    crowded = counters.take([Rate("app:minute", 5, MINUTE)], [flight])
    assert (crowded.crowded, counters.uses_of([Rate("app:minute", 5, MINUTE)])[0].calls) == (0, 0)
    counters.give_back([flight])
    assert counters.take([], [flight]).admitted
    counters.vacate(0)
    assert counters.flying([flight]) == [0]


def test_what_is_not_enforced_is_counted_there_too(counters: RemoteCounters) -> None:
    rate = Rate("app:minute", 1, MINUTE, enforced=False)
    assert [counters.take([rate]).admitted for _ in range(3)] == [True] * 3
    assert counters.uses_of([rate])[0].calls == 3


def test_a_storage_that_there_is_not_is_refused_at_the_start(tmp_path: Path) -> None:
    with closing(SharedCounters(tmp_path / "calls.shared", lambda: 0)) as near:
        with pytest.raises(ValueError, match="no storage for counters"):
            RemoteCounters(near, "abacus://nowhere")
