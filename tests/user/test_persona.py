"""The careful compare payee and amount with what they meant; the hasty do not."""

import pytest

from user_sim.persona import CAREFUL, HASTY, Intention

MEANT = Intention("6221001234567890", "李明", "100.00")


@pytest.mark.parametrize(
    "words",
    [
        "验证码123456，3分钟内有效。您正通过“微光钱包”向*明（622100******7890）付款100.00元。",
        "Code 123456, valid 3 min. You are paying CNY 100.00 to *明 (622100******7890).",
        "100.00 to …7890, fee 0.00",
    ],
)
def test_what_was_meant_is_confirmed(words: str) -> None:
    assert CAREFUL.objection(words, MEANT) is None


@pytest.mark.parametrize(
    ("words", "objection"),
    [
        ("paying 10000.00 to 622100******7890", "the amount is not 100.00"),
        ("paying 1,100.00 to 622100******7890", "the amount is not 100.00"),
        ("paying 100.001 to 622100******7890", "the amount is not 100.00"),
        ("paying 100 to 622100******7890", "the amount is not 100.00"),
        ("paying 100.00 to 622100******4321", "the payee's account does not end in 7890"),
        ("", "the amount is not 100.00"),
    ],
)
def test_anything_else_makes_the_careful_object(words: str, objection: str) -> None:
    assert CAREFUL.objection(words, MEANT) == objection


def test_thousands_may_be_set_off() -> None:
    assert CAREFUL.objection("paying 12,345.00 to …7890", Intention("6221001234567890", "李明", "12345.00")) is None


def test_the_hasty_confirm_whatever_it_says() -> None:
    assert HASTY.objection("paying 99999.00 to somebody else", MEANT) is None
