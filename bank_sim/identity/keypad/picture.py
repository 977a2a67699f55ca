"""The picture of a keypad: ten digits drawn as strokes, each keypad's a little different, as an SVG.

No text and no element of its own for a digit: every digit is a line through the same number of points, so that what
the file says does not tell one from another; only drawing it does. Whoever can look at the picture can read it. It is
for the user's eye, and protects against what records pages, keys and clicks, not against what films the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin

from bank_sim.identity.keypad.draws import Draws
from bank_sim.identity.keypad.layout import PLACES

Point = tuple[float, float]

CELL_WIDTH, CELL_HEIGHT = 100, 64
COLUMNS, ROWS = 3, 4
_POINTS = 25  # A corner is a point: the number of curves of each digit divides 24.

# Each digit as one stroke in a box of 20 by 32: a start, then cubic curves by two controls and an end.
_STROKES = tuple(
    tuple(float(number) for number in stroke.split())
    for stroke in (
        "10 1  4 1 1 7 1 16  1 25 4 31 10 31  16 31 19 25 19 16  19 7 16 1 10 1",
        "4 8  6 6 9 4 11 1  11 6 11 12 11 16  11 21 11 26 11 31",
        "2 9  2 4 5 1 10 1  15 1 18 4 18 9  18 15 8 22 2 31  8 31 13 31 19 31",
        "2 5  4 2 7 1 10 1  15 1 18 4 18 8  18 12 14 15 8 15  15 15 19 18 19 23  19 28 15 31 10 31  6 31 3 30 1 26",
        "15 31  15 21 15 11 15 1  10 8 6 15 1 22  7 22 13 22 19 22",
        "17 1  13 1 8 1 4 1  4 5 3 10 3 14  5 12 8 11 10 11  16 11 19 15 19 21  19 27 15 31 10 31  6 31 3 29 1 26",
        "16 4  14 2 12 1 10 1  4 1 1 8 1 18  "
        "1 27 5 31 10 31  15 31 19 27 19 21.5  19 16 15 12.5 10 12.5  5 12.5 1 16 1 21",
        "1 1  7 1 13 1 19 1  15 11 11 21 7 31",
        "10 15  5 15 2 12 2 8  2 4 5 1 10 1  15 1 18 4 18 8  "
        "18 12 15 15 10 15  4 15 1 18 1 23  1 28 5 31 10 31  15 31 19 28 19 23  19 18 16 15 10 15",
        "4 28  6 30 8 31 10 31  16 31 19 24 19 14  "
        "19 5 15 1 10 1  5 1 1 5 1 10.5  1 16 5 19.5 10 19.5  15 19.5 19 16 19 11",
    )
)


def picture(layout: Sequence[int], draws: Draws) -> str:
    """The SVG for a layout: ``layout[place]`` is the digit there, places run row by row, the tenth below the eighth."""
    lines = "".join(f'<path d="{_line(digit, place, draws)}"/>' for place, digit in enumerate(layout))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * CELL_WIDTH} {ROWS * CELL_HEIGHT}">'
        f'<g fill="none" stroke="#1b1b1f" stroke-width="2.9" stroke-linecap="round" stroke-linejoin="round">'
        f"{lines}</g></svg>"
    )


def centre(place: int) -> Point:
    """Where a place's key has its middle."""
    column, row = (1, 3) if place == PLACES - 1 else (place % COLUMNS, place // COLUMNS)
    return (column + 0.5) * CELL_WIDTH, (row + 0.5) * CELL_HEIGHT


def _line(digit: int, place: int, draws: Draws) -> str:
    """One digit, turned, scaled and moved a little, every point of it shaken."""
    angle = radians(draws.between(-6, 6))
    wide, tall = draws.between(0.9, 1.05), draws.between(0.92, 1.05)
    middle_x, middle_y = centre(place)
    middle_x += draws.between(-5, 5)
    middle_y += draws.between(-3, 3)
    points = []
    for x, y in _walked(_STROKES[digit]):
        x, y = (x - 10) * wide + draws.between(-0.3, 0.3), (y - 16) * tall + draws.between(-0.3, 0.3)
        points.append((middle_x + x * cos(angle) - y * sin(angle), middle_y + x * sin(angle) + y * cos(angle)))
    return "M" + " ".join(f"{x:05.1f} {y:05.1f}" for x, y in points)


def _walked(stroke: Sequence[float]) -> list[Point]:
    """A stroke as a fixed number of points, whatever it is made of."""
    curves = (len(stroke) - 2) // 6
    return [_on_curve(stroke, curves * step / (_POINTS - 1), curves) for step in range(_POINTS)]


def _on_curve(stroke: Sequence[float], way: float, curves: int) -> Point:
    number = min(int(way), curves - 1)
    t = way - number
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    points = stroke[6 * number : 6 * number + 8]
    return (
        sum(weight * x for weight, x in zip(weights, points[::2], strict=True)),
        sum(weight * y for weight, y in zip(weights, points[1::2], strict=True)),
    )
