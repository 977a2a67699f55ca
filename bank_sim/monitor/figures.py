"""Figures of a window of time, from the counters of ``traffic``: in all, by interface, by application, over time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from bank_sim.monitor.latency import percentile_us
from bank_sim.monitor.traffic import MINUTE_MS, Counted, decode
from bank_sim.store import Store

Key = Literal["api_id", "app_id"]


@dataclass(frozen=True, slots=True)
class Window:
    """``minutes`` up to and with that of ``now_ms``, in counters of ``span`` minutes (one of ``traffic.SPANS``).

    With a longer span the window begins with the counter that its first minute lies in.
    """

    now_ms: int
    minutes: int
    span: int = 1

    @property
    def last(self) -> int:
        return self.now_ms // MINUTE_MS

    @property
    def first(self) -> int:
        first = self.last - self.minutes + 1
        return first - first % self.span


class Figures(Counted, array_like=True):
    """Calls by outcome, and by class of the time of answer, with what is read off them."""

    @property
    def calls(self) -> int:
        return self.success + self.refused + self.fault

    @property
    def success_permille(self) -> int | None:
        """Of a thousand calls so many were served, rounded down: a single failure never reads as none."""
        return self.success * 1000 // self.calls if self.calls else None

    @property
    def fault_permille(self) -> int:
        """Of a thousand calls so many failed for a reason of the bank's own."""
        return self.fault * 1000 // self.calls if self.calls else 0

    def latency_us(self, percent: int) -> int | None:
        return percentile_us(self.classes, percent)


def total(points: list[tuple[int, Figures]]) -> Figures:
    """Everything in a window, as one."""
    figures = Figures()
    for _, each in points:
        figures.add(each)
    return figures


def by(key: Key, store: Store, window: Window) -> dict[str, Figures]:
    """By interface or by application, the busiest first. ``-``: nobody could be sure which."""
    found: dict[str, Figures] = defaultdict(Figures)
    for _, name, counted in _rows(store, key, window):
        found[name].add(decode(counted))
    return dict(sorted(found.items(), key=lambda item: -item[1].calls))


def over_time(store: Store, window: Window) -> list[tuple[int, Figures]]:
    """One point for each ``span``, quiet ones included: when it began (ms since 1970), and its figures."""
    points = {minute: Figures() for minute in range(window.first, window.last + 1, window.span)}
    for minute, _, counted in _rows(store, "all", window):
        points[minute].add(decode(counted))
    return [(minute * MINUTE_MS, figures) for minute, figures in points.items()]


def _rows(store: Store, kind: str, window: Window) -> list[tuple[int, str, bytes]]:
    return store.read(
        "SELECT minute, name, counted FROM traffic WHERE span = ? AND kind = ? AND minute BETWEEN ? AND ?",
        (window.span, kind, window.first, window.last),
    )
