"""The sliding window's arithmetic, held against a list of instants and against its own promises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bank_sim.throttle.windows import Use, use_at

WINDOW_MS = 1_000
COUNTS = st.integers(0, 200)
USES = st.builds(Use, COUNTS, COUNTS, st.integers(0, WINDOW_MS - 1), st.just(WINDOW_MS))


def later(use: Use, wait_ms: int) -> Use:
    """The same counters, looked at some time later, when nobody has called in between."""
    return use_at(7, use.current, use.previous, use.window_ms, 7 * use.window_ms + use.elapsed_ms + wait_ms)


@given(USES, st.integers(1, 200))
def test_there_is_room_after_the_stated_wait_and_not_a_millisecond_before(use: Use, limit: int) -> None:
    wait_ms = use.wait_ms(limit)
    assert later(use, wait_ms).calls < limit
    assert wait_ms == 0 or later(use, wait_ms - 1).calls >= limit
    assert wait_ms <= 2 * WINDOW_MS


@given(st.lists(st.integers(0, 6_000), max_size=80).map(sorted), st.integers(1, 20))
def test_no_window_of_the_clock_ever_admits_more_than_the_limit(instants_ms: list[int], limit: int) -> None:
    window = current = previous = 0
    admitted: list[int] = []
    for now_ms in instants_ms:
        use = use_at(window, current, previous, WINDOW_MS, now_ms)
        if use.calls < limit:
            window, current, previous = now_ms // WINDOW_MS, use.current + 1, use.previous
            admitted.append(now_ms // WINDOW_MS)
    assert all(admitted.count(each) <= limit for each in set(admitted))


@given(COUNTS, COUNTS, st.integers(0, 5_000))
def test_what_was_counted_in_a_time_to_come_or_long_ago_counts_for_nothing(
    current: int, previous: int, now_ms: int
) -> None:
    assert use_at(90, current, previous, WINDOW_MS, now_ms).calls == 0
    assert use_at(0, current, previous, WINDOW_MS, now_ms + 2 * WINDOW_MS).calls == 0
