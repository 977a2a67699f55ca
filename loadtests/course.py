"""The course of a run: every generator's seconds put together, and questions to them. It judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from loadtests.crowd.tally import Cell, Second, together
from loadtests.profiles import HONEST


@dataclass(frozen=True, slots=True)
class Moment:
    """One second of the whole crowd."""

    second: int
    users: int
    cells: dict[str, Cell]
    lag_us: int
    cpu_s: float

    def cell(self, kinds: Collection[str] = HONEST, name: str | None = None) -> Cell:
        """The calls of these kinds, to one interface or to all."""
        return together(_chosen(self.cells, kinds, name))


class Course:
    """Seconds of all generators, in any order."""

    def __init__(self, seconds: Iterable[Second]) -> None:
        by_second: defaultdict[int, list[Second]] = defaultdict(list)
        for each in seconds:
            by_second[each.second].append(each)
        self.moments = [_moment(second, by_second[second]) for second in sorted(by_second)]
        self.serials = [serial for found in by_second.values() for each in found for serial in each.serials]
        self.generators = sorted({each.generator for found in by_second.values() for each in found})

    @property
    def seconds(self) -> int:
        return self.moments[-1].second + 1 if self.moments else 0

    @property
    def cpu_s(self) -> float:
        """Processor time of all generators."""
        return sum(each.cpu_s for each in self.moments)

    def cell(
        self, kinds: Collection[str] | None = HONEST, name: str | None = None, within: Collection[int] | None = None
    ) -> Cell:
        """Calls of these kinds (None: of all) to one interface or to all, in these seconds or in all."""
        moments = (each for each in self.moments if within is None or each.second in within)
        return together(cell for each in moments for cell in _chosen(each.cells, kinds, name))

    def called(self) -> list[tuple[str, str]]:
        """Kind and name of everything that was called, in order."""
        found = {key for each in self.moments for key in each.cells}
        return sorted(tuple(key.split("/", 1)) for key in found)  # type: ignore[misc]


def _moment(second: int, found: list[Second]) -> Moment:
    cells: defaultdict[str, list[Cell]] = defaultdict(list)
    for each in found:
        for key, cell in each.cells.items():
            cells[key].append(cell)
    return Moment(
        second=second,
        users=sum(each.users for each in found),
        cells={key: together(several) for key, several in cells.items()},
        lag_us=max(each.lag_us for each in found),
        cpu_s=sum(each.cpu_s for each in found),
    )


def _chosen(cells: dict[str, Cell], kinds: Collection[str] | None, name: str | None) -> Iterator[Cell]:
    for key, cell in cells.items():
        kind, _, called = key.partition("/")
        if (kinds is None or kind in kinds) and name in (None, called):
            yield cell
