"""The charts of a load report as geometry, in boxes of 1000 by 100 that the page stretches to its width.

Letters stand beside the pictures, for stretched ones cannot be read, and the same figures in the tables and the JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bank_sim.console.charts import HEIGHT, WIDTH, rounded_up
from loadtests.course import Course, Moment
from loadtests.profiles import Plan, Span

OUTCOMES = ("ok", "refused", "throttled", "failed", "let_through")
PERCENTS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Area:
    """One outcome's part of all calls, as the points of an SVG polygon."""

    outcome: str
    points: str


@dataclass(frozen=True, slots=True)
class Band:
    """A span in which something was wrong, from left to right."""

    x: float
    width: float
    what: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``top``: what the height stands for; ``areas`` lie upon one another; ``lines``: name and pieces between gaps."""

    top: int
    areas: list[Area]
    lines: list[tuple[str, list[str]]]
    bands: list[Band]


def calls(course: Course, plan: Plan) -> Chart:
    """Calls a second of everybody, by what came of them, one upon the other."""
    moments = course.moments
    counts = [[_outcome(each, outcome) for outcome in OUTCOMES] for each in moments]
    top = rounded_up(max((sum(each) for each in counts), default=0))
    areas, below = [], [0] * len(moments)
    for index, outcome in enumerate(OUTCOMES):
        above = [base + each[index] for base, each in zip(below, counts, strict=True)]
        if above != below:
            areas.append(Area(outcome, _polygon(course, below, above, top)))
        below = above
    return Chart(top, areas, [], bands(course, plan))


def times(course: Course, plan: Plan) -> Chart:
    """How long the crowd's answers took, second by second; where nothing was served there is no line."""
    series = {each: [moment.cell().percentile_ms(each) for moment in course.moments] for each in PERCENTS}
    top = rounded_up(int(max((value for values in series.values() for value in values if value), default=0)) + 1)
    lines = [(f"p{percent}", _pieces(course, values, top)) for percent, values in series.items()]
    return Chart(top, [], lines, bands(course, plan))


def users(course: Course, plan: Plan) -> Chart:
    """How many of the crowd there were."""
    values: list[float | None] = [float(each.users) for each in course.moments]
    top = rounded_up(int(max((each for each in values if each), default=0)))
    return Chart(top, [], [("users", _pieces(course, values, top))], bands(course, plan))


def bands(course: Course, plan: Plan) -> list[Band]:
    """Faults and floods of the plan."""
    fault = plan.profile.fault
    found = [Band(*_across(course, each), "flood") for each in plan.profile.floods]
    return found if fault is None else [*found, Band(*_across(course, fault.span), "fault")]


def _across(course: Course, span: Span) -> tuple[float, float]:
    scale = WIDTH / max(1, course.seconds)
    return round(span.begins * scale, 1), round((span.ends - span.begins) * scale, 1)


def _polygon(course: Course, below: Sequence[int], above: Sequence[int], top: int) -> str:
    forth = [_point(course, index, value, top) for index, value in enumerate(above)]
    back = [_point(course, index, value, top) for index, value in reversed(list(enumerate(below)))]
    return " ".join([*forth, *back])


def _pieces(course: Course, values: Iterable[float | None], top: int) -> list[str]:
    pieces: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(_point(course, index, value, top))
    return [" ".join(piece) for piece in pieces if len(piece) > 1]


def _point(course: Course, index: int, value: float, top: int) -> str:
    moment = course.moments[index]
    return f"{(moment.second + 0.5) * WIDTH / course.seconds:.1f},{HEIGHT - value * HEIGHT / top:.1f}"


def _outcome(moment: Moment, outcome: str) -> int:
    return sum(cell.outcomes.get(outcome, 0) for cell in moment.cells.values())


DRAWN: dict[str, Callable[[Course, Plan], Chart]] = {"calls": calls, "times": times, "users": users}
