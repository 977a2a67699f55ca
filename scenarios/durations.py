"""Spans of time as people type them: ``90d``, ``12h``, ``30m``, ``45s``, also together: ``1d12h``."""

from __future__ import annotations

import re

_UNITS_S = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WHOLE = re.compile(r"(?:\d+[dhms])+")
_PART = re.compile(r"(\d+)([dhms])")


def seconds_of(text: str) -> int:
    """``"1d12h"`` -> 129600. ``ValueError`` with an example for anything else, zero included."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is not a span of time; examples: 90d, 12h, 30m, 45s, 1d12h")
    total = sum(int(number) * _UNITS_S[unit] for number, unit in _PART.findall(text))
    if total == 0:
        raise ValueError("a span of time of nothing moves no clock")
    return total


def spoken(seconds: float) -> str:
    """``129600`` -> ``"1d 12h"``, the two largest units that matter."""
    rest, parts = round(seconds), []
    for unit, size in _UNITS_S.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
