"""A run as it goes, in the terminal: users, calls, times of answers, 429s and failures, the last minute as lines.

On a terminal the picture renews itself; elsewhere it is a plain line every few seconds. It counts nothing of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.live import Live
from rich.table import Table
from rich.text import Text as Line

from loadtests.course import Course, Moment
from loadtests.crowd.tally import Second
from loadtests.profiles import HONEST, Plan
from scenarios.terminal import Terminal
from scenarios.texts import Text

_BLOCKS = "▁▂▃▄▅▆▇█"
_SHOWN = 60
_EACH_S = 5
_ROWS: tuple[tuple[Text, Callable[[Moment], float | None], str], ...] = (
    (Text("users", "用户数"), lambda moment: float(moment.users), "{:.0f}"),
    (Text("calls/s", "每秒调用"), lambda moment: float(sum(each.calls for each in moment.cells.values())), "{:.0f}"),
    (Text("p95 ms", "95%应答 ms"), lambda moment: moment.cell().percentile_ms(95), "{:.1f}"),
    (Text("429/s", "限流/秒"), lambda moment: _outcome(moment, "throttled"), "{:.0f}"),
    (Text("failed/s", "失败/秒"), lambda moment: _outcome(moment, "failed"), "{:.0f}"),
)


class Newest:
    """The newest seconds, as far as every generator has told of them."""

    def __init__(self, kept_s: int) -> None:
        self._kept_s = kept_s
        self._seconds: list[Second] = []
        self._told: dict[str, int] = {}

    def add(self, second: Second) -> None:
        self._told[second.generator] = second.second
        until = min(self._told.values())
        self._seconds = [each for each in self._seconds if each.second > until - self._kept_s]
        self._seconds.append(second)

    @property
    def moments(self) -> list[Moment]:
        until = min(self._told.values(), default=-1)
        return Course(each for each in self._seconds if each.second <= until).moments


@contextmanager
def followed(terminal: Terminal, plan: Plan, language: str) -> Iterator[Callable[[Second], None]]:
    """Call the result with each second; the picture stays when the block ends."""
    newest = Newest(_SHOWN)
    if terminal.plain:
        shown = 0

        def told(second: Second) -> None:
            nonlocal shown
            newest.add(second)
            moments = newest.moments
            if moments and moments[-1].second >= shown + _EACH_S - 1:
                shown = moments[-1].second + 1
                terminal.line(plain(moments[-1], plan, language))

        yield told
        return
    with Live(console=terminal.console, auto_refresh=False) as live:

        def drawn(second: Second) -> None:
            newest.add(second)
            live.update(picture(newest.moments, plan, language), refresh=True)

        yield drawn


def picture(moments: Sequence[Moment], plan: Plan, language: str) -> Table:
    """One row a figure: its name, its newest value, and how it went."""
    title = f"{plan.name} · {moments[-1].second + 1} / {plan.profile.seconds:.0f} s" if moments else plan.name
    table = Table(title=Line(title, "bold"), title_justify="left", box=None, show_header=False, pad_edge=False)
    table.add_column(min_width=10)
    table.add_column(justify="right", min_width=7)
    table.add_column(no_wrap=True)
    for name, figure, form in _ROWS:
        values = [figure(each) for each in moments]
        newest = next((each for each in reversed(values) if each is not None), None)
        style = "red" if name.en == "failed/s" and any(values) else ""
        value = "–" if newest is None else form.format(newest)
        table.add_row(Line(name.in_(language)), value, Line(sparkline(values), style))
    return table


def plain(moment: Moment, plan: Plan, language: str) -> str:
    """One second as one line."""
    parts = []
    for name, figure, form in _ROWS:
        value = figure(moment)
        parts.append(f"{name.in_(language)} {'–' if value is None else form.format(value)}")
    return f"{moment.second + 1:4d} / {plan.profile.seconds:.0f} s  " + "  ".join(parts)


def sparkline(values: Sequence[float | None]) -> str:
    """One block a value, the highest as high as a line; a blank where there is none, a point for nothing."""
    top = max((each for each in values if each is not None), default=0.0)
    return "".join(_block(each, top) for each in values)


def _block(value: float | None, top: float) -> str:
    if value is None:
        return " "
    return "·" if value <= 0 else _BLOCKS[min(len(_BLOCKS) - 1, int(value / top * len(_BLOCKS)))]


def _outcome(moment: Moment, outcome: str) -> float:
    return float(sum(cell.outcomes.get(outcome, 0) for key, cell in moment.cells.items() if _counts(key, outcome)))


def _counts(key: str, outcome: str) -> bool:
    """429s of everybody; failures of those whom the bank is there for."""
    return outcome == "throttled" or key.partition("/")[0] in HONEST
