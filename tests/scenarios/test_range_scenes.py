"""Every scene of the range can be set in a whole bank, and hands out what an attacker would have."""

import pytest

from scenarios.range import kit
from scenarios.range.challenge import Challenge, challenges
from scenarios.range.scenes import SCENES
from scenarios.runner import BETWEEN_PLAYS_S
from tests.scenarios.conftest import RememberingTheatre

ATTACKS = [each for each in challenges().values() if each.kind == "attack"]


@pytest.mark.parametrize("challenge", ATTACKS, ids=lambda each: each.name)
def test_a_scene_is_set_and_the_kit_tells_of_it(gm_theatre: RememberingTheatre, challenge: Challenge) -> None:
    gm_theatre.world.control.advance(BETWEEN_PLAYS_S)
    stage = gm_theatre.stage()
    try:
        scene = SCENES[challenge.scene](stage)
        document = kit.document(challenge, gm_theatre.world, scene)
    finally:
        stage.close()

    assert scene.stolen
    assert all(scene.stolen.values())
    assert challenge.row not in str(document)
    assert ("signing_key_pem" in (document["application"] or {})) is (scene.app is not None and scene.keys)
    assert document["may_ask"] is (scene.ask is not None)
