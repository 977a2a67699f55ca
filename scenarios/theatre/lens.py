"""The clause lens: for each requirement of the standard, what in this project answers it.

Generated from the sources: the rows of the check tables, the scenarios, the marks of the tests and the docstrings that
cite a clause. Where the tests are not installed, none are listed. Nothing is claimed here by hand.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scenarios.registry import Scenario, scenarios
from scenarios.texts import Text

ROOT = Path(__file__).parents[2]
_SOURCES = ("bank_sim", "app_sim", "user_sim")
_CITED = re.compile(r"JR/T 0185 ([0-9AB](?:[\w.-]*\w)?)")
_ROW_ARGUMENTS = 4


@dataclass(frozen=True, slots=True)
class Clause:
    """One requirement. ``kind``: can a program show it, simulate it, or only a document; ``level``: A1, A2 or both."""

    clause_id: str
    section: str
    obliged: str
    kind: str
    level: str
    summary: Text
    demonstrate: str
    violate: str

    @property
    def chapter(self) -> str:
        return self.section.partition(".")[0]


@dataclass(slots=True)
class Answers:
    """What answers one requirement. ``checks``: name of the row -> file; ``tests``: file::name; ``code``: files."""

    checks: dict[str, str] = field(default_factory=dict)
    plays: list[Scenario] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


@cache
def clauses() -> dict[str, Clause]:
    """Every requirement by id, in the standard's order."""
    text = (ROOT / "scenarios" / "standard" / "clauses.csv").read_text(encoding="utf-8")
    return {
        row["id"]: Clause(
            row["id"],
            row["clause"],
            row["obliged"],
            row["kind"],
            row["level"],
            Text(row["summary_en"], row["summary_zh"]),
            row["demonstrate"],
            row["violate"],
        )
        for row in csv.DictReader(text.splitlines())
    }


@cache
def answers() -> dict[str, Answers]:
    """What answers each requirement. Reads the sources once; about half a second."""
    found: defaultdict[str, Answers] = defaultdict(Answers)
    _add_sources(found)
    _add_tests(found)
    for scenario in scenarios().values():
        for each in scenario.clauses:
            found[each].plays.append(scenario)
    return dict(found)


@cache
def chapters() -> dict[str, list[tuple[Clause, Answers]]]:
    """Every requirement with what answers it, by chapter, in the standard's order."""
    found: dict[str, list[tuple[Clause, Answers]]] = {}
    for each in clauses().values():
        found.setdefault(each.chapter, []).append((each, answers().get(each.clause_id, Answers())))
    return found


def _add_sources(found: defaultdict[str, Answers]) -> None:
    for path in _modules(*_SOURCES):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        for check, ids in _rows(text) if "row(" in text else ():
            for each in ids:
                found[each].checks[check] = name
        for clause_id in _cited(text):
            found[clause_id].code.append(name)


def _add_tests(found: defaultdict[str, Answers]) -> None:
    for path in _modules("tests"):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        for test, ids in _marked(text) if "mark.clause" in text else ():
            for each in ids:
                found[each].tests.append(f"{name}::{test}")


def _modules(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """``row("name", check, "columns", "clauses …")``"""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("row") and len(node.args) == _ROW_ARGUMENTS:
            name, *_, ids = node.args
            if isinstance(name, ast.Constant) and isinstance(ids, ast.Constant):
                yield str(name.value), str(ids.value).split()


def _marked(text: str) -> Iterator[tuple[str, list[str]]]:
    """``@pytest.mark.clause("…")`` on a test."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        ids = [
            str(argument.value)
            for mark in node.decorator_list
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.clause")
            for argument in mark.args
            if isinstance(argument, ast.Constant)
        ]
        if ids:
            yield node.name, ids


def _cited(text: str) -> set[str]:
    """Requirements whose id, or whose section, the text cites as a source."""
    cited = set(_CITED.findall(text))
    return {each.clause_id for each in clauses().values() if each.clause_id in cited or each.section in cited}
