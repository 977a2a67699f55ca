"""A user's eye on the bank's keypad, without a browser: draws the picture and reads which digit is where.

The picture is strokes; only who draws them sees digits. So this draws, coarsely, and looks with the same eye as the
user of a real browser does (``user_sim.digits``). It asks the bank for nothing but the picture.
"""

from __future__ import annotations

import re
from itertools import pairwise

from user_sim import digits
from user_sim.pixels import Rows

_STROKE = re.compile(r'<path d="M([0-9. -]+)"/>')
_GROUND, _INK = 255, 0
_REACH = 1.5
_MARGIN = 3


def places_of(picture: str, typed: str) -> list[int]:
    """The places to press for these digits. ``ValueError`` where the picture shows no keypad."""
    strokes = _STROKE.findall(picture)
    if len(strokes) != 10:
        raise ValueError("this is no picture of a keypad")
    shown = digits.read([_drawn(_points(each)) for each in strokes])
    return [shown.index(int(each)) for each in typed]


def _points(stroke: str) -> list[tuple[float, float]]:
    numbers = [float(each) for each in stroke.split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _drawn(points: list[tuple[float, float]]) -> Rows:
    """One stroke, in ink on a ground of its own size."""
    left, top = min(x for x, _ in points) - _MARGIN, min(y for _, y in points) - _MARGIN
    width = int(max(x for x, _ in points) - left) + _MARGIN
    height = int(max(y for _, y in points) - top) + _MARGIN
    # Enough ground around it to be told from the ink.
    rows = [[_GROUND] * (2 * width) for _ in range(height)]
    for (x, y), (to_x, to_y) in pairwise(points):
        for step in range(5):
            _dot(rows, x + (to_x - x) * step / 4 - left, y + (to_y - y) * step / 4 - top)
    return rows


def _dot(rows: Rows, x: float, y: float) -> None:
    for row in range(int(y - _REACH), int(y + _REACH) + 1):
        for column in range(int(x - _REACH), int(x + _REACH) + 1):
            rows[row][column] = _INK
