"""A path of checks as data: rows in order, columns they apply to, the clauses they answer.

The gateway's pipeline, the authorization server's endpoints, the login steps and the application's checks
of an answer are tables of this kind. The order of the rows is a security decision. A *weakened* party, for
training and for proving attacks, runs the same table with named rows left out; nothing else knows of weakening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Row(Generic[Case]):
    """One check. It returns nothing or raises a ``Problem``; ``name`` is what ``--weaken`` takes."""

    name: str
    check: Callable[[Case], None]
    columns: frozenset[str]
    clauses: tuple[str, ...]


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
        for each in self.path(column, weakened):
            each.check(case)
