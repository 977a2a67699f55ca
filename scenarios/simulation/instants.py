"""Virtual time: it stands still until the simulation lets it pass, for every party and every library in the process.

Each party reads it through a clock of its own that may be wrong by so many seconds. ``time``'s functions answer from it
too, so that a pause of a driver or of a retry costs nothing and takes the same course on any machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from unittest.mock import patch

from werkzeug.http import dump_cookie
from werkzeug.sansio import response

from bank_sim.clock import Clock

# 2026-01-31 10:00 in Beijing.
BEGINNING_S = 1_769_824_800.0


class World:
    """The time as it truly is, in seconds since 1970."""

    def __init__(self) -> None:
        self.now_s = BEGINNING_S

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds


class PartyClock(Clock):
    """A party's clock: ``wrong_by_s`` ahead of the world's (or behind it, where negative)."""

    def __init__(self, world: World) -> None:
        self.wrong_by_s = 0.0
        super().__init__(offset_s=lambda: self.wrong_by_s, machine_s=lambda: world.now_s)

    def refresh(self) -> None:
        """There is no listener to ask: the clock is read anew each time."""


@contextmanager
def virtual(world: World, sleep: Callable[[float], None]) -> Iterator[None]:
    """Let the ``time`` module tell the world's time; ``sleep`` lets a pause pass."""

    def now_ns() -> int:
        return int(world.now_s * 1_000_000_000)

    told: dict[str, object] = {
        "time": lambda: world.now_s,
        "time_ns": now_ns,
        "monotonic": lambda: world.now_s,
        "perf_counter_ns": now_ns,
        "sleep": sleep,
    }
    with ExitStack() as stack:
        for name, function in told.items():
            stack.enter_context(patch.object(time, name, function))
        # Beside its age, which suffices, a cookie would bear a date of the machine's.
        stack.enter_context(patch.object(response, "dump_cookie", partial(dump_cookie, sync_expires=False)))
        yield
