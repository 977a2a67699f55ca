"""Which challenges a play counts as solving: the range's observer looks at the same world as the scenario's judge."""

from __future__ import annotations

from scenarios.range.challenge import challenges
from scenarios.range.detecting import Case, judge
from scenarios.runner import Result
from scenarios.stage import Stage


def verdicts(stage: Stage, result: Result) -> dict[str, bool]:
    """For each challenge behind which this attack stands, whether the observer takes it for solved.

    What the player would type in is the outcome, which says what the attacker read.
    """
    mark = stage.attack_mark
    return {
        each.name: judge(each.proof, Case.of(stage, each.row, mark), result.outcome).solved
        for each in challenges().values()
        if each.kind == "attack" and each.solution is result.scenario and mark is not None
    }
