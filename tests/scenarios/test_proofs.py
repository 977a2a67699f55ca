"""Every attack succeeds once its one defence is out: what stands here refused is refused by that defence alone."""

import pytest

from scenarios.registry import Scenario, scenarios
from tests.range.solving import verdicts
from tests.scenarios.conftest import RememberingTheatre

PROVEN = [each for each in scenarios().values() if each.defence is not None]


@pytest.mark.parametrize("attack", PROVEN, ids=lambda each: each.name)
def test_an_attack_succeeds_without_its_one_defence_which_is_then_restored(
    gm_theatre: RememberingTheatre, attack: Scenario
) -> None:
    result = gm_theatre.play(attack, "weakened")

    assert result.passed, result.outcome
    assert gm_theatre.world.control.weakened()["names"] == []
    assert all(verdicts(gm_theatre.newest, result).values()), "the range does not see that its challenge is solved"
