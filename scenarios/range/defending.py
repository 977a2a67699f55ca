"""The defender's half: one attack among honest traffic, and the questions that an incident report answers.

The plays are those of the registry, in a world that stays whole: the attack is refused, and leaves what a refusal
leaves in log and alarms. What counts as right is read off that log, so a question cannot be wrong about its answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from scenarios.failures import ScenarioFailed
from scenarios.registry import Scenario, scenarios

if TYPE_CHECKING:
    from scenarios.range.challenge import Challenge
    from scenarios.runner import Theatre

PARTS = ("attack", "serial", "time", "who", "defence")
TRIES_MAX = 3
CHOICES = 6
_BEIJING = timezone(timedelta(hours=8))
_CLOCK = re.compile(r"(\d{1,2})[:：](\d\d)(?:[:：]\d\d)?\s*$")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Exam:
    """What was played, and what the log says of it.

    ``records`` the access records in which the attack was refused; ``attacks`` and ``rows``: what to choose from
    """

    solution: Scenario
    row: str
    records: tuple[dict[str, Any], ...]
    attacks: tuple[Scenario, ...]
    rows: tuple[str, ...]

    def right(self, answers: Mapping[str, str]) -> dict[str, bool]:
        """Each part of the answer, whether it is right. Parts that are not answered are wrong."""
        said = {part: answers.get(part, "").strip() for part in PARTS}
        return {
            "attack": said["attack"] == self.solution.name,
            "serial": said["serial"] in {str(each["serial"]) for each in self.records},
            "time": any(_same_minute(said["time"], each["at_ms"]) for each in self.records),
            "who": said["who"] in {_who(each) for each in self.records},
            "defence": said["defence"] == self.row,
        }


def points_for(challenge_points: int, right: Mapping[str, bool]) -> int:
    """A fifth for each part that is right."""
    return challenge_points * sum(right.values()) // len(PARTS)


def play(theatre: Theatre, challenge: Challenge, chance: random.Random) -> Exam:
    """Play the honest scenarios with the attack somewhere among them. ``ScenarioFailed`` where one fails."""
    order = [scenarios()[each] for each in challenge.among]
    chance.shuffle(order)
    order.insert(chance.randint(1, len(order)), challenge.solution)
    refused: list[dict[str, Any]] = []
    for each in order:
        result = theatre.play(each)
        if not result.passed:
            raise ScenarioFailed(f"{each.name}: {result.outcome}")
        if each is challenge.solution:
            refused = _refusals(result.evidence["access_records"], challenge.defence.code)
    return exam(challenge, refused, chance)


def exam(challenge: Challenge, refused: Sequence[dict[str, Any]], chance: random.Random) -> Exam:
    """The questions on a play that left these records."""
    others = {
        each.defence.row: each
        for each in scenarios().values()
        if each.defence is not None and each.defence.row != challenge.row and each.name != challenge.solution.name
    }
    rows = chance.sample(sorted(others), CHOICES - 1)
    attacks = [challenge.solution, *(others[each] for each in rows)]
    named = [challenge.row, *rows]
    chance.shuffle(attacks)
    chance.shuffle(named)
    return Exam(challenge.solution, challenge.row, tuple(refused), tuple(attacks), tuple(named))


def _refusals(records: Sequence[dict[str, Any]], code: str) -> list[dict[str, Any]]:
    return [each for each in records if each["code"] == code]


def _who(record: Mapping[str, Any]) -> str:
    return str(record["source"] if record["app_id"] in ("", "-") else record["app_id"])


def _same_minute(said: str, at_ms: int) -> bool:
    """A time of day of Beijing, as the console shows it, right to the minute before or after."""
    found = _CLOCK.search(said)
    if found is None:
        return False
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(_BEIJING)
    apart = abs(int(found[1]) * 60 + int(found[2]) - (at.hour * 60 + at.minute))
    return min(apart, _DAY_MINUTES - apart) <= 1
