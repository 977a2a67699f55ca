"""A path of checks as data: rows in order, columns they apply to, the clauses they answer.

The gateway's pipeline, the authorization server's endpoints, the login steps and the application's checks
of an answer are tables of this kind. The order of the rows is a security decision. A *weakened* party, for
training and for proving attacks, runs the same table with named rows left out; nothing else knows of weakening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from bank_sim.sdk.protocol.problems import Problem

Case = TypeVar("Case")
State = Literal["held", "refused", "not_reached", "left_out"]


@dataclass(frozen=True, slots=True)
class Row(Generic[Case]):
    """One check. It returns nothing or raises a ``Problem``; ``name`` is what ``--weaken`` takes."""

    name: str
    check: Callable[[Case], None]
    columns: frozenset[str]
    clauses: tuple[str, ...]

    def judge(self, case: Case) -> None:
        """Run the check, before the eyes of whoever observes: for paths that are walked outside ``CheckTable.run``."""
        observation = _observation.get()
        if observation is None:
            self.check(case)
        else:
            observation.judge(self, case)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row: ``elapsed_ns`` is the check's own time, ``code`` that of the ``Problem`` it raised."""

    name: str
    clauses: tuple[str, ...]
    state: State
    elapsed_ns: int = 0
    code: str | None = None


@dataclass(slots=True)
class Observation:
    """The verdicts of every table that runs while this is in force. ``stopwatch_ns`` counts up in nanoseconds."""

    stopwatch_ns: Callable[[], int]
    verdicts: list[Verdict] = field(default_factory=list)

    def judge(self, row: Row[Any], case: Any) -> None:
        """Run one check and note how it went; what it raises is raised."""
        state: State = "refused"
        code = None
        started_ns = self.stopwatch_ns()
        try:
            row.check(case)
            state = "held"
        except Problem as problem:
            code = problem.code
            raise
        finally:
            elapsed_ns = self.stopwatch_ns() - started_ns
            self.verdicts.append(Verdict(row.name, row.clauses, state, elapsed_ns, code))

    def pass_over(self, rows: Iterable[Row[Any]], state: State) -> None:
        """Note rows that were not asked."""
        self.verdicts.extend(Verdict(each.name, each.clauses, state) for each in rows)


_observation: ContextVar[Observation | None] = ContextVar("observation", default=None)


@contextmanager
def observing(stopwatch_ns: Callable[[], int]) -> Iterator[Observation]:
    """Observe every table that this thread, or task, runs within the block. Verdicts change nothing for the judged."""
    observation = Observation(stopwatch_ns)
    token = _observation.set(observation)
    try:
        yield observation
    finally:
        _observation.reset(token)


def row(name: str, check: Callable[[Case], None], columns: str, clauses: str = "") -> Row[Case]:
    """A row written as a table line: columns and clauses are separated by blanks."""
    return Row(name, check, frozenset(columns.split()), tuple(clauses.split()))


class CheckTable(Generic[Case]):
    """Rows in order. Paths are resolved once per column and weakening, so that a call pays for its checks only."""

    def __init__(self, rows: Iterable[Row[Case]]) -> None:
        self.rows = tuple(rows)
        names = [each.name for each in self.rows]
        if len(names) != len(set(names)):
            raise ValueError("two rows of a check table bear the same name")
        self._paths: dict[tuple[str, frozenset[str]], tuple[Row[Case], ...]] = {}

    def path(self, column: str, weakened: frozenset[str] = frozenset()) -> tuple[Row[Case], ...]:
        """The rows that one column runs through, in order, less the weakened ones."""
        key = (column, weakened)
        if key not in self._paths:
            self._paths[key] = tuple(each for each in self.rows if column in each.columns and each.name not in weakened)
        return self._paths[key]

    def run(self, case: Case, column: str, weakened: frozenset[str] = frozenset()) -> None:
        """Run a column's checks in order; the first refusal ends the run by raising its ``Problem``."""
        observation = _observation.get()
        if observation is not None:
            return self._run_observed(observation, case, column, weakened)
        for each in self.path(column, weakened):
            each.check(case)
        return None

    def _run_observed(self, observation: Observation, case: Case, column: str, weakened: frozenset[str]) -> None:
        """The same, row by row on record: those left out and those that a refusal kept from being asked too."""
        rows = [each for each in self.rows if column in each.columns]
        for number, each in enumerate(rows, 1):
            if each.name in weakened:
                observation.pass_over((each,), "left_out")
                continue
            try:
                observation.judge(each, case)
            except BaseException:
                observation.pass_over(rows[number:], "not_reached")
                raise
