"""Whether a quantity grows: the slope of its samples by Theil and Sen, the median of the slopes of all pairs.

A straight line through least squares would follow one burst at the end; this follows what most of the time is so. It
knows nothing of processes.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

WARM_UP_SHARE = 0.3
"""Of the time: caches fill, pages are touched for the first time. Ours: what still grows after that, grows."""
MEMORY_KB_MAX = 3_000
"""Ours: growth over the time after the warm-up. At fifty calls a second for seven minutes a leak of 150 bytes a call
is as much."""
HANDLES_MAX = 3.0
_PAIRS_MIN = 3


@dataclass(frozen=True, slots=True)
class Trend:
    """``level`` at the end of the warm-up, and how much the quantity grew from there to the end by its slope."""

    level: float
    growth: float
    peak: float


def trend(times_s: Sequence[float], values: Sequence[float]) -> Trend:
    """Of the samples after the warm-up. ``ValueError`` for too few to speak of a slope."""
    first_s, last_s = times_s[0], times_s[-1]
    begins_s = first_s + WARM_UP_SHARE * (last_s - first_s)
    points = [(at_s, value) for at_s, value in zip(times_s, values, strict=True) if at_s >= begins_s]
    if len(points) < _PAIRS_MIN:
        raise ValueError(f"{len(points)} samples after the warm-up are too few")
    slopes = [
        (later - earlier) / (late_s - early_s)
        for number, (early_s, earlier) in enumerate(points)
        for late_s, later in points[number + 1 :]
        if late_s > early_s
    ]
    growth = statistics.median(slopes) * (points[-1][0] - points[0][0])
    return Trend(points[0][1], growth, max(value for _, value in points))
