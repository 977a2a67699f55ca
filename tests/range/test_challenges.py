"""Challenges are data that holds together, in two languages, and gives nothing away."""

import re
from itertools import pairwise

import pytest

from scenarios.range import kit
from scenarios.range.challenge import Challenge, challenges, parsed
from scenarios.range.detecting import PROOFS
from scenarios.range.scenes import SCENES
from scenarios.theatre.check_words import check_text

ALL = list(challenges().values())
HAN = re.compile(r"[一-鿿]")
SOUND = {
    "attack": "token-stolen",
    "level": 1,
    "points": 100,
    "scene": "leaked_token",
    "proof": "balance",
    **{name: {"en": "words", "zh": "文字"} for name in ("title", "story", "target", "mitigation")},
    "hints": [{"cost": 10, "en": "one", "zh": "一"}, {"cost": 20, "en": "two", "zh": "二"}],
}


def test_there_are_challenges_of_both_kinds_on_every_level() -> None:
    assert {(each.kind, each.level) for each in ALL} == {
        (kind, n) for kind in ("attack", "defence") for n in range(1, 5)
    }
    assert len([each for each in ALL if each.kind == "attack"]) >= 12


def test_no_two_challenges_of_the_attacking_half_are_about_one_defence() -> None:
    rows = [each.row for each in ALL if each.kind == "attack"]

    assert len(rows) == len(set(rows))


def test_every_scene_and_every_proof_is_used() -> None:
    assert {each.scene for each in ALL if each.scene} == set(SCENES)
    assert {each.proof for each in ALL if each.proof} == set(PROOFS)


def test_the_easy_ones_come_first() -> None:
    for before, after in pairwise([each for each in ALL if each.kind == "attack"]):
        assert (before.level, before.points) <= (after.level, after.points)


@pytest.mark.parametrize("challenge", ALL, ids=lambda each: each.name)
def test_a_challenge_gives_nothing_away_before_it_is_solved(challenge: Challenge) -> None:
    shown = [challenge.title, challenge.story, challenge.target, *(each.said for each in challenge.hints)]
    told = "\n".join([each.en + each.zh for each in shown] + [challenge.start, challenge.name])

    for spoiler in (
        challenge.solution.name,
        challenge.defence.code,
        challenge.mitigation.en,
        check_text(challenge.row).en,
    ):
        assert spoiler not in told
    assert not re.search(rf"\b{challenge.row}\b", told) or "_" not in challenge.row


@pytest.mark.parametrize("challenge", ALL, ids=lambda each: each.name)
def test_a_challenge_speaks_both_languages(challenge: Challenge) -> None:
    said = [challenge.title, challenge.story, challenge.target, challenge.mitigation]
    for text in [*said, *(each.said for each in challenge.hints)]:
        assert HAN.search(text.zh)
        assert not HAN.search(text.en)


@pytest.mark.parametrize("challenge", [each for each in ALL if each.kind == "attack"], ids=lambda each: each.name)
def test_the_script_to_start_from_is_a_program(challenge: Challenge) -> None:
    compile(kit.script(challenge), challenge.name, "exec")


@pytest.mark.parametrize(
    "wrong",
    [
        {"attack": "transfer-gm"},
        {"attack": "nothing-of-the-kind"},
        {"scene": "nowhere"},
        {"proof": "hearsay"},
        {"level": 5},
        {"hints": SOUND["hints"][:1]},
        {"hints": [SOUND["hints"][0], {"cost": 90, "en": "two", "zh": "二"}]},
        {"title": {"en": "words"}},
        {"among": ["no-such-play"]},
        {"spoiler": "yes"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_file_that_does_not_hold_together_is_refused(wrong: dict) -> None:
    assert parsed("sound", SOUND).row == "token_binding"
    with pytest.raises(ValueError, match=r"Expected|Invalid|Object|there is no|the hints cost"):
        parsed("wrong", SOUND | wrong)
