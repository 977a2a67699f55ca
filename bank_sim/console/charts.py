"""Charts as geometry: columns and lines in a box of 1000 by 100 that a page stretches to its width.

Nothing here is text, for stretched letters cannot be read; labels stand beside the picture, and the same figures in a
table below it. A column or line is nothing that a reader without pictures would miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bank_sim.monitor.figures import Figures

WIDTH, HEIGHT = 1000, 100
_OUTCOMES = ("success", "refused", "fault")


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a column, in the box's units. ``outcome`` is its colour."""

    x: float
    y: float
    width: float
    height: float
    outcome: str


@dataclass(frozen=True, slots=True)
class Columns:
    """``top``: the number that the box's height stands for; ``columns``: one list of bars for each point of time."""

    top: int
    columns: list[list[Bar]]


@dataclass(frozen=True, slots=True)
class Lines:
    """``top_ms``: what the height stands for; ``lines``: by name, the pieces of an SVG polyline between gaps."""

    top_ms: int
    lines: dict[str, list[str]]


def columns(points: Sequence[tuple[int, Figures]]) -> Columns:
    """Calls over time, what was served at the bottom, what failed on top of it."""
    top = rounded_up(max((figures.calls for _, figures in points), default=0))
    step = WIDTH / max(1, len(points))
    return Columns(top, [_column(figures, index * step, step, top) for index, (_, figures) in enumerate(points)])


def lines(points: Sequence[tuple[int, Figures]], percents: Sequence[int]) -> Lines:
    """Times of answer over time; where nothing was called there is no line."""
    values = {each: [figures.latency_us(each) for _, figures in points] for each in percents}
    highest = max((value for series in values.values() for value in series if value is not None), default=0)
    top_ms = rounded_up(-(-highest // 1000))
    step = WIDTH / max(1, len(points))
    drawn = {f"p{percent}": _pieces(series, step, top_ms * 1000) for percent, series in values.items()}
    return Lines(top_ms, drawn)


def rounded_up(number: int) -> int:
    """The next 1, 2 or 5 with zeros: the top of a scale that people can halve in their heads. At least 1."""
    magnitude = 1
    while True:
        for factor in (1, 2, 5):
            if factor * magnitude >= number:
                return factor * magnitude
        magnitude *= 10


def _column(figures: Figures, x: float, step: float, top: int) -> list[Bar]:
    bars, y = [], float(HEIGHT)
    gap = min(step * 0.2, 2.0)
    for outcome in _OUTCOMES:
        height = getattr(figures, outcome) * HEIGHT / top
        if height:
            # One failure among thousands must still be seen.
            height = max(height, 1.5)
            y = max(0.0, y - height)
            bars.append(Bar(round(x, 2), round(y, 2), round(step - gap, 2), round(height, 2), outcome))
    return bars


def _pieces(series: Sequence[int | None], step: float, top: int) -> list[str]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(series):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((round((index + 0.5) * step, 2), round(HEIGHT - value * HEIGHT / top, 2)))
    return [" ".join(f"{x},{y}" for x, y in _visible(piece, step)) for piece in pieces if piece]


def _visible(piece: list[tuple[float, float]], step: float) -> list[tuple[float, float]]:
    """A single point would be a line of no length: give it the width of its column."""
    if len(piece) > 1:
        return piece
    x, y = piece[0]
    return [(round(x - step / 2, 2), y), (round(x + step / 2, 2), y)]
