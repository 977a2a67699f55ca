"""Parties die in the middle of payments, workers and the whole bank among them; afterwards all is accounted for.

The short forms of ``python -m loadtests.endurance``, ``loadtests.workers`` and ``loadtests.soak``, in one world: what a
party is started again from is what the form before has left.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from loadtests.application import LoadApplication, join
from loadtests.endurance import aftermath
from loadtests.endurance.aftermath import Aftermath
from loadtests.endurance.rehearsing import Asked, Rehearsal, rehearse
from loadtests.soak.__main__ import Soak, soak
from loadtests.workers.__main__ import checks
from loadtests.workers.rush import Check
from scenarios.world import World


@pytest.fixture(scope="module")
def worked(busy_world: World) -> list[Check]:
    return list(checks(busy_world, rounds=2, transfers=24, environment=dict(os.environ)))


@pytest.fixture(scope="module")
def endured(busy_world: World, worked: list[Check]) -> Iterator[tuple[Rehearsal, Aftermath]]:
    """The seed kills each once, three of them while the money moves."""
    asked = Asked(transfers=20, seed=4, kinds=("bank", "worker", "wallet", "phone"), every=6)
    yield rehearse(busy_world, asked, dict(os.environ), lambda _: None)
    busy_world.control.reset_clock()


@pytest.fixture(scope="module")
def soaked(busy_world: World, endured: tuple[Rehearsal, Aftermath]) -> Soak:
    busy_world.control.reset_clock()
    application = LoadApplication(busy_world, join(busy_world, "gm", "soak"))
    try:
        return soak(busy_world, application, seconds=3.0, every_s=0.3, pause_s=0.03)
    finally:
        application.close()


@pytest.mark.clause("10.1.2-1.3.2")
def test_whatever_several_workers_do_at_once_comes_out_as_if_one_had_done_it(worked: list[Check]) -> None:
    assert len(worked) == 11
    assert [each for each in worked if not each.holds] == []


@pytest.mark.clause("9.3.3-1.2", "9.3.3-5.2", "10.1.2-1.3.2")
def test_every_payment_is_made_once_or_not_at_all_whoever_dies_in_its_middle(
    endured: tuple[Rehearsal, Aftermath],
) -> None:
    rehearsal, after = endured
    assert rehearsal.struck + rehearsal.missed == 4
    assert rehearsal.struck >= 3
    assert after.executed >= 14
    assert after.findings() == []


def test_books_logs_and_chains_hold_after_all_these_deaths(
    busy_world: World, endured: tuple[Rehearsal, Aftermath]
) -> None:
    assert endured[0].struck > 0
    assert aftermath.broken(busy_world.home) == []


def test_a_soak_sees_every_process_and_no_call_ends_as_nobody_meant_it(soaked: Soak) -> None:
    assert set(soaked.names.values()) == {
        "bank", "bank gateway 1", "bank gateway 2", "bank pages", "bank offices", "wallet", "phone",
    }  # fmt: skip
    assert soaked.traffic.failed == {}
    assert {"transfer", "forged", "replayed", "unfinished", "page"} <= soaked.traffic.done.keys()
    assert all(memory.level > 1_000 and handles.level > 3 for memory, handles in soaked.trends().values())
