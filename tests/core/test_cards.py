from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.core.cards import account_number, card_number
from bank_sim.sdk.protocol.luhn import is_luhn_valid


@given(st.integers(0, 10**12 - 1))
def test_card_numbers_are_luhn_valid_and_of_no_issuer_in_the_world(serial: int) -> None:
    number = card_number(serial)
    assert is_luhn_valid(number)
    assert (len(number), number[:4]) == (19, "9999")


@given(st.integers(0, 10**10 - 1), st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_of_an_account_number_is_noticed(serial: int, position: int, change: int) -> None:
    number = account_number(serial)
    mistyped = f"{number[:position]}{(int(number[position]) + change) % 10}{number[position + 1 :]}"
    assert is_luhn_valid(number)
    assert not is_luhn_valid(mistyped)


def test_a_serial_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="10 digits"):
        account_number(10**10)
