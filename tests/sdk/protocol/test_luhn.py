from __future__ import annotations

import pytest

from bank_sim.sdk.protocol.luhn import check_digit, is_luhn_valid


def test_the_check_digit_is_that_of_the_standards_example() -> None:
    assert check_digit("7992739871") == "3"


@pytest.mark.parametrize("text", ["", "0", "12a", "１２３４", "-18"])
def test_what_is_no_number_is_not_valid(text: str) -> None:
    assert not is_luhn_valid(text)
