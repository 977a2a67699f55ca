"""An incident report is graded by what stands in the log."""

import random

import pytest

from scenarios.range.challenge import challenges
from scenarios.range.defending import CHOICES, PARTS, exam, points_for

NIGHT = challenges()["watch-the-quiet-one"]
# 2026-11-24 23:59:30 in Beijing.
AT_MS = 1_795_535_970_000
RECORD = {"serial": 77, "at_ms": AT_MS, "app_id": "app_rival", "source": "127.0.0.1", "code": "TOKEN_APP_MISMATCH"}
ANSWER = {"attack": "token-stolen", "serial": "77", "time": "23:59", "who": "app_rival", "defence": "token_binding"}


def test_a_report_that_is_right_is_right_in_every_part() -> None:
    right = exam(NIGHT, [RECORD], random.Random(1)).right(ANSWER)

    assert right == dict.fromkeys(PARTS, True)
    assert points_for(120, right) == 120


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_graded_by_itself(part: str) -> None:
    questions = exam(NIGHT, [RECORD], random.Random(1))

    for wrong in ("", "12:00"):
        right = questions.right(ANSWER | {part: wrong})
        assert [name for name, is_right in right.items() if not is_right] == [part]
    assert points_for(120, right) == 96


@pytest.mark.parametrize(
    ("said", "is_right"),
    [
        ("23:58", True),
        ("23:57", False),
        ("2026-11-25 00:00", True),
        ("0：00", True),
        ("00:01:59", False),
        ("soon", False),
    ],
)
def test_the_time_is_right_to_the_minute_also_around_midnight(said: str, is_right: bool) -> None:
    assert exam(NIGHT, [RECORD], random.Random(1)).right(ANSWER | {"time": said})["time"] is is_right


def test_where_no_application_signed_the_address_is_asked_for() -> None:
    questions = exam(NIGHT, [RECORD | {"app_id": "-"}], random.Random(1))

    assert questions.right(ANSWER | {"who": "127.0.0.1"})["who"]
    assert not questions.right(ANSWER)["who"]


def test_there_is_one_right_choice_among_several_at_a_place_that_changes() -> None:
    drawn = [exam(NIGHT, [RECORD], random.Random(seed)) for seed in range(20)]

    for questions in drawn:
        assert len(set(questions.rows)) == len(questions.attacks) == CHOICES
        assert [each.name for each in questions.attacks if each.defence.row == "token_binding"] == ["token-stolen"]
    assert len({questions.rows.index("token_binding") for questions in drawn}) > 1
