"""The requirements of JR/T 0185-2020, one a line of ``clauses.csv``, and the attacks on them, of ``attacks.csv``."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal

from scenarios.failures import WrongUsage
from scenarios.texts import Text

FOLDER = Path(__file__).parent
Kind = Literal["technical-executable", "simulated-process", "document-only"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One requirement. ``kind``: can a program show it, simulate it, or only a document; ``level``: A1, A2 or both.

    ``obliged``: ``bank``, ``app``, ``user``, joined by ``+``. ``demonstrate``, ``violate``: how it might be shown.
    """

    clause_id: str
    section: str
    obliged: str
    kind: Kind
    level: str
    summary: Text
    demonstrate: str
    violate: str

    @property
    def chapter(self) -> str:
        """``7``, or ``A`` for an appendix."""
        return self.section.removeprefix("Appendix ").partition(".")[0]


@dataclass(frozen=True, slots=True)
class Attack:
    """One line of the catalogue of attacks. ``clauses``: the requirements that stand against it."""

    attack_id: str
    name: Text
    clauses: tuple[str, ...]


@cache
def clauses() -> dict[str, Clause]:
    """Every requirement by id, in the standard's order."""
    return {
        line["id"]: Clause(
            line["id"],
            line["clause"],
            line["obliged"],
            line["kind"],  # type: ignore[arg-type]
            line["level"],
            Text(line["summary_en"], line["summary_zh"]),
            line["demonstrate"],
            line["violate"],
        )
        for line in lines("clauses.csv")
    }


@cache
def attacks() -> dict[str, Attack]:
    """Every attack of the catalogue by id."""
    return {
        line["id"]: Attack(line["id"], Text(line["name_en"], line["name_zh"]), tuple(line["clauses"].split(";")))
        for line in lines("attacks.csv")
    }


def within(named: str) -> list[Clause]:
    """The requirement of that id, or all whose id lies within it: ``9.3.2``, ``B``. ``WrongUsage`` where there is none.

    >>> [each.clause_id for each in within("9.3.2-2")]
    ['9.3.2-2']
    """
    known = clauses()
    if named in known:
        return [known[named]]
    found = [each for each in known.values() if each.clause_id.startswith((f"{named}.", f"{named}-"))]
    if not found:
        near = get_close_matches(named, known, n=3, cutoff=0.4)
        raise WrongUsage(f"There is no requirement {named}; like it: {', '.join(near) or next(iter(known))}.")
    return found


def lines(name: str) -> Iterator[dict[str, str]]:
    """The lines of a table beside this module, column -> value."""
    yield from csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines())
