"""What is counted of a crowd's calls: by second, by who called what, by outcome, and how long the served ones took.

Latencies lie in buckets that grow by three percent, so that seconds and processes add up without loss and memory stays
flat. Locust's own figures are whole milliseconds, too coarse for ratios of fast answers.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

Outcome = Literal["ok", "throttled", "refused", "failed", "let_through"]
"""``throttled``: a correct 429; ``refused``: as it should be; ``let_through``: served what had to be refused."""

_GROWTH = math.log(1.03)


class Cell(msgspec.Struct, kw_only=True):
    """The calls of one kind of user to one interface. ``codes``: refusals and failures by the bank's code.

    ``repeats``: calls that repeat an intent whose call before had failed. ``buckets``: of outcome ``ok`` only.
    """

    outcomes: dict[str, int] = {}
    codes: dict[str, int] = {}
    buckets: dict[int, int] = {}
    repeats: int = 0

    def note(self, outcome: Outcome, code: str, elapsed_us: int, repeated: bool) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.repeats += repeated
        if code:
            self.codes[code] = self.codes.get(code, 0) + 1
        if outcome == "ok":
            bucket = bucket_of(elapsed_us)
            self.buckets[bucket] = self.buckets.get(bucket, 0) + 1

    @property
    def calls(self) -> int:
        return sum(self.outcomes.values())

    def share_percent(self, outcome: Outcome) -> float:
        """Of all its calls; 0 where there was none."""
        return 100 * self.outcomes.get(outcome, 0) / self.calls if self.calls else 0.0

    def percentile_ms(self, percent: float) -> float | None:
        """Nearest rank, within three percent; None where nothing was served."""
        rank = math.ceil(percent * 0.01 * sum(self.buckets.values()))
        for bucket in sorted(self.buckets):
            rank -= self.buckets[bucket]
            if rank <= 0:
                return math.exp(bucket * _GROWTH) / 1000
        return None


class Second(msgspec.Struct, kw_only=True):
    """One second of one generator process, since ``began_s`` (1970). ``cells``: by ``kind/name``: ``paying/execute``.

    ``serials``   the bank's numbers of the transfers that it acknowledged
    ``cpu_s``     processor time of this generator; ``lag_us``: the longest that its work kept anybody waiting
    """

    second: int
    generator: str
    began_s: float
    users: int
    cells: dict[str, Cell] = {}
    serials: list[str] = []
    cpu_s: float = 0.0
    lag_us: int = 0


class Meter:
    """Counts in one process; ``close`` hands a second over and begins the next."""

    def __init__(self, generator: str) -> None:
        self.generator = generator
        self._began_s = time.time()
        self._cells: dict[str, Cell] = {}
        self._serials: list[str] = []
        self._lag_us = 0

    def begin(self) -> None:
        """The run begins now; what came before is not counted."""
        self._began_s = time.time()
        self._cells, self._serials, self._lag_us = {}, [], 0

    def note(self, kind: str, name: str, outcome: Outcome, code: str, elapsed_us: int, repeated: bool) -> None:
        self._cells.setdefault(f"{kind}/{name}", Cell()).note(outcome, code, elapsed_us, repeated)

    def acknowledged(self, serial: str) -> None:
        self._serials.append(serial)

    def late(self, lag_us: int) -> None:
        self._lag_us = max(self._lag_us, lag_us)

    def close(self, second: int, users: int, cpu_s: float) -> Second:
        closed = Second(
            second=second,
            generator=self.generator,
            began_s=self._began_s,
            users=users,
            cells=self._cells,
            serials=self._serials,
            cpu_s=cpu_s,
            lag_us=self._lag_us,
        )
        self._cells, self._serials, self._lag_us = {}, [], 0
        return closed


def bucket_of(elapsed_us: int) -> int:
    return round(math.log(max(1, elapsed_us)) / _GROWTH)


def together(cells: Iterable[Cell]) -> Cell:
    """The calls of all of them, as if they were one."""
    outcomes: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    buckets: Counter[int] = Counter()
    repeats = 0
    for each in cells:
        outcomes.update(each.outcomes)
        codes.update(each.codes)
        buckets.update(each.buckets)
        repeats += each.repeats
    return Cell(outcomes=dict(outcomes), codes=dict(codes), buckets=dict(buckets), repeats=repeats)
