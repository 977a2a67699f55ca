"""What answers each requirement, all sources together, and how the requirement stands by that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from scenarios.registry import Scenario, scenarios
from scenarios.standard import sources
from scenarios.standard.clauses import Attack, Clause, attacks, clauses, lines
from scenarios.standard.sources import Document
from scenarios.texts import Text

Standing = Literal["shown", "documented", "excepted", "open"]
Because = Literal["later", "outside"]
PAGES = ("bank_sim/ebank/", "bank_sim/portal/", "bank_sim/console/", "app_sim/pages/", "user_sim/phone")


@dataclass(frozen=True, slots=True)
class Excepted:
    """Why nothing here shows a requirement. ``because``: it comes later, or lies outside what a program can show."""

    clause_id: str
    because: Because
    reason: Text


@dataclass(slots=True)
class Answers:
    """What answers one requirement.

    ``checks``     name of the row -> file            ``code``    files that name the requirement itself
    ``plays``      scenarios that show it             ``nearby``  files that name its section only
    ``tests``      file::name                         ``attacks`` of the catalogue that are aimed at it
    ``documents``  of docs/compliance                 ``exception`` why nothing shows it, else None
    """

    checks: dict[str, str] = field(default_factory=dict)
    plays: list[Scenario] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    nearby: list[str] = field(default_factory=list)
    attacks: list[Attack] = field(default_factory=list)
    exception: Excepted | None = None

    def where(self, clause: Clause) -> list[str]:
        """The code to look at, beside pages: what names the requirement; where a program shows it, else its section."""
        found = self.code or (self.nearby if clause.kind == "technical-executable" else [])
        return [each for each in found if each not in self.pages]

    @property
    def pages(self) -> list[str]:
        """Of the code that names the requirement, or its section: what somebody sees."""
        return [each for each in (*self.code, *self.nearby) if each.startswith(PAGES)]


def standing(clause: Clause) -> Standing:
    """How a requirement stands by its sources alone.

    A document is enough only where the standard asks for nothing else. What a program can show or simulate must be
    shown by a scenario or a test.
    """
    answered = answers_to(clause)
    if answered.plays or answered.tests:
        return "shown"
    if answered.documents and clause.kind == "document-only":
        return "documented"
    return "excepted" if answered.exception is not None else "open"


def answers_to(clause: Clause) -> Answers:
    return answers().get(clause.clause_id, Answers())


@cache
def answers() -> dict[str, Answers]:
    """What answers each requirement by id, also ids that the standard does not have. Takes about half a second."""
    found: defaultdict[str, Answers] = defaultdict(Answers)
    for row in sources.rows():
        for each in row.clauses:
            found[each].checks[row.name] = row.file
    for place, ids, what in _named():
        for each in ids:
            getattr(found[each], place).append(what)
    _add_citations(found)
    for exception in exceptions():
        found[exception.clause_id].exception = exception
    return dict(found)


def _named() -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """A field of ``Answers``, the ids of the requirements that something answers, and what answers them."""
    yield from (("tests", each.clauses, each.test) for each in sources.marked())
    yield from (("documents", each.clauses, each) for each in sources.documents())
    yield from (("plays", each.clauses, each) for each in scenarios().values())
    yield from (("attacks", each.clauses, each) for each in attacks().values())


def _add_citations(found: defaultdict[str, Answers]) -> None:
    for file, cited in sources.citations():
        for clause in clauses().values():
            if clause.clause_id in cited:
                found[clause.clause_id].code.append(file)
            elif clause.section in cited:
                found[clause.clause_id].nearby.append(file)


def exceptions() -> Iterator[Excepted]:
    """Every line of ``exceptions.csv``."""
    for line in lines("exceptions.csv"):
        because: Any = line["because"]
        yield Excepted(line["id"], because, Text(line["reason_en"], line["reason_zh"]))


@cache
def chapters() -> dict[str, list[tuple[Clause, Answers]]]:
    """Every requirement with what answers it, by chapter, in the standard's order."""
    found: dict[str, list[tuple[Clause, Answers]]] = {}
    for each in clauses().values():
        found.setdefault(each.chapter, []).append((each, answers_to(each)))
    return found


def attack_scenario(attack: Attack) -> Scenario | None:
    """The scenario that plays an attack of the catalogue; None where there is none yet."""
    return next(
        (each for each in scenarios().values() if each.defence and each.defence.attack == attack.attack_id), None
    )
