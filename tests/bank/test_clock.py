"""The bank's clock and its way of writing moments."""

from __future__ import annotations

import time

import pytest

from bank_sim.clock import Clock, ManualClock, from_rfc3339, rfc3339


def test_without_an_offset_it_is_the_machines_time() -> None:
    before, now, after = time.time(), Clock().now_s(), time.time()
    assert before <= now <= after


def test_the_offset_is_asked_anew_at_each_reading() -> None:
    offset_s = 0.0
    clock = Clock(lambda: offset_s, lambda: 1000.0)
    assert (clock.now_s(), clock.now_ms(), clock.offset_s) == (1000.0, 1_000_000, 0.0)
    offset_s = 90.5
    assert (clock.now_s(), clock.now_ms(), clock.offset_s) == (1090.5, 1_090_500, 90.5)


def test_a_manual_clock_stands_until_it_is_advanced() -> None:
    clock = ManualClock(1000)
    assert clock.now_s() == 1000
    clock.advance(60)
    clock.advance(0.5)
    assert clock.now_s() == 1060.5


def test_moments_are_written_in_utc_and_read_back() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00Z"
    assert rfc3339(1_767_225_599.9) == "2025-12-31T23:59:59Z"
    assert from_rfc3339(rfc3339(1_767_225_599)) == 1_767_225_599
    assert from_rfc3339("2026-01-01T08:00:00+08:00") == from_rfc3339("2026-01-01T00:00:00Z")


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "2026-01-01", "tomorrow", ""])
def test_a_moment_without_its_offset_from_utc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_rfc3339(text)
