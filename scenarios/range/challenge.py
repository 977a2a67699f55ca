"""A challenge as data: what a player is told, which one defence is missing, and by what it counts as solved.

One TOML file of ``challenges`` each, its name the challenge's. Everything that can be wrong in one is refused when it
is read: an unknown attack, scene or proof, a text in one language only. To add one, write a file and nothing else.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from scenarios.registry import Defence, Scenario, scenarios
from scenarios.standard.clauses import Clause, clauses
from scenarios.texts import Text

FOLDER = Path(__file__).parent / "challenges"
Level = Literal[1, 2, 3, 4]
Kind = Literal["attack", "defence"]
_Said = Annotated[str, msgspec.Meta(min_length=1)]


class _Both(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: _Said
    zh: _Said

    def text(self) -> Text:
        return Text(self.en.strip(), self.zh.strip())


class _Hint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cost: Annotated[int, msgspec.Meta(ge=0)]
    en: _Said
    zh: _Said


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    attack: str
    level: Level
    points: Annotated[int, msgspec.Meta(ge=10, le=1000)]
    title: _Both
    story: _Both
    target: _Both
    mitigation: _Both
    hints: Annotated[list[_Hint], msgspec.Meta(min_length=2)]
    scene: str = ""
    proof: str = ""
    start: str = ""
    among: list[str] = []


@dataclass(frozen=True, slots=True)
class Hint:
    """One step of help; ``cost`` in points, taken off what the challenge is worth."""

    cost: int
    said: Text


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge.

    ``kind``    ``attack``: get round the missing defence; ``defence``: find an attack in the bank's records
    ``scene``   of ``scenes.SCENES``: what happened before the player comes; "" in the defender's half
    ``proof``   of ``detecting.PROOFS``: what must be so when it is solved; "" in the defender's half
    ``start``   lines of Python for the player's script, which show what was stolen
    ``among``   the honest scenarios that the attack hides among; empty where the player attacks
    """

    name: str
    kind: Kind
    solution: Scenario
    level: Level
    points: int
    title: Text
    story: Text
    target: Text
    mitigation: Text
    hints: tuple[Hint, ...]
    scene: str
    proof: str
    start: str
    among: tuple[str, ...]

    @property
    def defence(self) -> Defence:
        assert self.solution.defence is not None
        return self.solution.defence

    @property
    def row(self) -> str:
        """The one defence that it is about."""
        return self.defence.row

    def clauses(self) -> list[Clause]:
        """The requirements that the missing defence answers."""
        known = clauses()
        return [known[each] for each in self.solution.clauses]


@cache
def challenges() -> dict[str, Challenge]:
    """All challenges by name, the easy ones first. ``ValueError`` names the file that is wrong."""
    read = [_read(path) for path in sorted(FOLDER.glob("*.toml"))]
    read.sort(key=lambda each: (each.kind, each.level, each.points, each.name))
    return {each.name: each for each in read}


def _read(path: Path) -> Challenge:
    try:
        return parsed(path.stem, tomllib.loads(path.read_text()))
    except (ValueError, msgspec.ValidationError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def parsed(name: str, document: dict[str, Any]) -> Challenge:
    """One file's content. ``ValueError`` (msgspec's among them) for whatever does not hold together."""
    from scenarios.range.detecting import PROOFS
    from scenarios.range.scenes import SCENES

    file = msgspec.convert(document, _File)
    solution = scenarios().get(file.attack)
    if solution is None or solution.defence is None:
        raise ValueError(f"there is no attack {file.attack}")
    if unknown := [each for each in file.among if each not in scenarios()]:
        raise ValueError(f"there is no scenario {', '.join(unknown)}")
    if not file.among and (file.scene not in SCENES or file.proof not in PROOFS):
        raise ValueError(f"there is no scene {file.scene!r} or no proof {file.proof!r}")
    if sum(each.cost for each in file.hints) >= file.points:
        raise ValueError("the hints cost all that it is worth")
    return Challenge(
        name=name,
        kind="defence" if file.among else "attack",
        solution=solution,
        level=file.level,
        points=file.points,
        title=file.title.text(),
        story=file.story.text(),
        target=file.target.text(),
        mitigation=file.mitigation.text(),
        hints=tuple(Hint(each.cost, Text(each.en.strip(), each.zh.strip())) for each in file.hints),
        scene=file.scene,
        proof=file.proof,
        start=file.start.strip(),
        among=tuple(file.among),
    )
