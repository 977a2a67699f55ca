"""Spans of time as people type them."""

import pytest

from scenarios.durations import seconds_of, spoken


@pytest.mark.parametrize(
    ("text", "seconds"), [("90d", 7_776_000), ("12h", 43_200), ("30m", 1_800), ("45s", 45), ("1d12h", 129_600)]
)
def test_a_span_is_read(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1.5h", "1 d", "1w", "0s", "1d!"])
def test_anything_else_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match="span of time"):
        seconds_of(text)


@pytest.mark.parametrize(("seconds", "text"), [(129_600, "1d 12h"), (59.6, "1m"), (0, "0s"), (90_061, "1d 1h")])
def test_a_span_is_spoken_by_its_two_largest_units(seconds: float, text: str) -> None:
    assert spoken(seconds) == text
