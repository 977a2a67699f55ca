"""Times of answer in classes, four to each doubling, so that any number of them is kept in a few dozen counters.

A percentile read off the classes lies in the right class, and so is at most a quarter off; within its class the times
are taken to be spread evenly, which brings it closer.
"""

from __future__ import annotations

from collections.abc import Mapping

_STEPS_LOG2 = 2
_STEPS = 1 << _STEPS_LOG2


def latency_class(elapsed_us: int) -> int:
    """The class that a time belongs to; longer times never have a lower one."""
    elapsed_us = max(0, elapsed_us)
    octave = max(0, elapsed_us.bit_length() - 1 - _STEPS_LOG2)
    return octave * _STEPS + (elapsed_us >> octave)


def bounds_us(latency_class_: int) -> tuple[int, int]:
    """The shortest and the longest time that belong to a class."""
    octave = max(0, latency_class_ // _STEPS - 1)
    steps = latency_class_ - octave * _STEPS
    return steps << octave, ((steps + 1) << octave) - 1


def percentile_us(calls_by_class: Mapping[int, int], percent: int) -> int | None:
    """The time within which ``percent`` of the calls were answered; None where there were no calls."""
    wanted = -(-sum(calls_by_class.values()) * percent // 100)
    for each in sorted(calls_by_class):
        calls = calls_by_class[each]
        if wanted <= calls:
            shortest, longest = bounds_us(each)
            return shortest + (longest - shortest) * wanted // max(1, calls)
        wanted -= calls
    return None
