"""The bank's duties are performed together, and one that fails keeps no other from its own."""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bank_sim.clock import Clock
from bank_sim.duties import Duties, Duty
from bank_sim.store import Store


def test_every_duty_is_given_the_virtual_time_and_a_failing_one_stops_no_other(tmp_path: Path) -> None:
    performed: list[tuple[str, int]] = []

    def fails(store: Store, now_ms: int) -> None:
        raise RuntimeError("not today")

    duties = Duties(
        [
            Duty("first", lambda store, now_ms: performed.append(("first", now_ms))),
            Duty("failing", fails),
            Duty("last", lambda store, now_ms: performed.append(("last", now_ms))),
        ],
        Clock(offset_s=lambda: 60, machine_s=lambda: 1_000.0),
    )
    with closing(Store(tmp_path / "bank.db")) as store:
        duties.perform(store)

    assert performed == [("first", 1_060_000), ("last", 1_060_000)]


def test_the_log_tells_of_the_first_failure_and_of_the_recovery_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes = iter([RuntimeError("full"), RuntimeError("full"), RuntimeError("full"), None, RuntimeError("full")])

    def moody(store: Store, now_ms: int) -> None:
        if (outcome := next(outcomes)) is not None:
            raise outcome

    duties = Duties([Duty("moody", moody)], Clock())
    with closing(Store(tmp_path / "bank.db")) as store, caplog.at_level(logging.WARNING, "bank.duties"):
        for _ in range(5):
            duties.perform(store)

    assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING", "ERROR"]


def test_while_a_snapshot_is_put_back_a_duty_under_way_ends_and_none_begins_by_itself(tmp_path: Path) -> None:
    performed: list[str] = []
    begun, may_end = threading.Event(), threading.Event()

    def slow(store: Store, now_ms: int) -> None:
        begun.set()
        may_end.wait(10)
        performed.append("slow")

    duties = Duties([Duty("slow", slow)], Clock())
    with closing(Store(tmp_path / "bank.db")) as store:
        under_way = threading.Thread(target=duties.perform, args=(store,))
        under_way.start()
        assert begun.wait(10)
        resting = threading.Thread(target=duties.rest)
        resting.start()
        assert resting.is_alive()
        may_end.set()
        under_way.join(10)
        resting.join(10)
        assert performed == ["slow"]

        duties.perform(store, by_itself=True)
        assert performed == ["slow"]

        duties.perform(store)
        assert performed == ["slow", "slow"]
