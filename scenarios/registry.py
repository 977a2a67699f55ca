"""The scenarios by name: what each shows, which requirements it stands for, and what it needs.

    @scenario("transfer-gm", kind="happy", clauses=("7.2.1-b-2.2",), summary_en="…", summary_zh="…")
    def transfer_gm(stage: Stage) -> None: …

A happy scenario raises ``ScenarioFailed`` through ``stage.require``. An attack answers an ``Attempt``: the happy path
with one thing changed, by somebody who has the wire, a stolen thing or an account of their own, and nothing else.
A fault is a happy path on which something breaks at the worst moment. A lifecycle tells how something begins, changes
and ends over virtual months, with the wrong orders of its steps that must be refused.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args

from scenarios.failures import WrongUsage

if TYPE_CHECKING:
    from scenarios.stage import Attempt, Stage

Suite = Literal["gm", "intl"]
Kind = Literal["happy", "lifecycle", "attack", "fault"]
Prize = Literal["money", "data", "trust", "evidence", "service"]
Play = Callable[["Stage"], "Attempt | None"]


@dataclass(frozen=True, slots=True)
class Defence:
    """What an attack meets at a whole bank, and what it is after once that defence is gone.

    ``row``     the check of the bank's tables that is left out to prove the attack
    ``attack``  its line in ``standard/attacks.csv``
    ``status``  and ``code``: the bank's answer while the defence stands
    ``prize``   what must fall into the attacker's hands when it does not
    ``witness`` who refuses the attack, and has the record of it
    ``alarm``   the rule of the bank's watch that must have struck while the defence stood; "" where none is due
    """

    row: str
    attack: str
    status: int
    code: str
    prize: Prize
    witness: Literal["bank", "wallet", "partner"] = "bank"
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario; ``suites`` are the worlds that it is played in.

    ``ages``: it takes months of virtual time, or leaves something behind that takes effect by then; the world is put
    back for whoever plays next.
    """

    name: str
    kind: Kind
    clauses: tuple[str, ...]
    suites: tuple[Suite, ...]
    summary_en: str
    summary_zh: str
    play: Play
    defence: Defence | None
    ages: bool = False

    def summary(self, language: str) -> str:
        return self.summary_zh if language == "zh" else self.summary_en

    def facts(self) -> dict[str, Any]:
        """The scenario as ``list --json`` shows it."""
        facts: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "suites": list(self.suites),
            "clauses": list(self.clauses),
            "summary_en": self.summary_en,
            "summary_zh": self.summary_zh,
        }
        if self.defence is not None:
            facts |= {"attack": self.defence.attack, "defence": self.defence.row, "refused_with": self.defence.code}
        return facts


_PACKAGES = ("scenarios.happy", "scenarios.lifecycle", "scenarios.attacks", "scenarios.faults")
_SCENARIOS: dict[str, Scenario] = {}


def scenario(
    name: str,
    *,
    kind: Kind,
    clauses: tuple[str, ...],
    summary_en: str,
    summary_zh: str,
    suites: tuple[Suite, ...] = ("gm",),
    defence: Defence | None = None,
    ages: bool = False,
) -> Callable[[Play], Play]:
    """Register the function below as a scenario."""
    if (kind == "attack") != (defence is not None):
        raise ValueError(f"{name}: an attack names its defence, and nothing else does")

    def register(play: Play) -> Play:
        if name in _SCENARIOS:
            raise ValueError(f"two scenarios are called {name}")
        lasts = ages or kind == "lifecycle"
        _SCENARIOS[name] = Scenario(name, kind, clauses, suites, summary_en, summary_zh, play, defence, lasts)
        return play

    return register


def scenarios() -> dict[str, Scenario]:
    """All scenarios in the order of the story: the happy ones, the long lives, then the attacks, then the faults."""
    for package in _PACKAGES:
        for module in pkgutil.iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
    return dict(sorted(_SCENARIOS.items(), key=lambda item: (get_args(Kind).index(item[1].kind), item[0])))


def chosen(names: Iterable[str]) -> list[Scenario]:
    """The named scenarios, all of them for no name. An unknown name is refused with those that exist."""
    known = scenarios()
    names = tuple(names)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise WrongUsage(f"There is no scenario {', '.join(unknown)}; there are: {', '.join(known)}.")
    return [known[name] for name in names] if names else list(known.values())
