"""The bank's duties are performed together, and one that fails keeps no other from its own."""

from __future__ import annotations

import logging
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
