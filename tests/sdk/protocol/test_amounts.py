"""Amounts: two places on the wire, whole fen inside, nothing in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.sdk.protocol.amounts import AMOUNT_FEN_MAX, format_fen, parse_fen
from bank_sim.sdk.protocol.problems import Problem


@given(amount_fen=st.integers(1, AMOUNT_FEN_MAX))
def test_an_amount_survives_the_wire(amount_fen: int) -> None:
    assert parse_fen(format_fen(amount_fen)) == amount_fen


@pytest.mark.parametrize(
    ("text", "amount_fen"), [("100.00", 10_000), ("0.01", 1), ("9999999999999.99", AMOUNT_FEN_MAX)]
)
def test_an_amount_is_read_in_fen(text: str, amount_fen: int) -> None:
    assert parse_fen(text) == amount_fen


@pytest.mark.parametrize(
    "text",
    ["", "100", "100.0", "100.000", "100,00", "-1.00", "+1.00", " 1.00", "1.00\n", "01.00", ".50", "1e2", "1_0.00",
     "\uff11.00", "\u0663.\u0660\u0660", "NaN", "0.00", "10000000000000.00"],
)  # fmt: skip
def test_what_is_no_positive_amount_with_two_places_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"^AMOUNT_INVALID"):
        parse_fen(text)


def test_zero_is_read_where_it_is_allowed() -> None:
    assert parse_fen("0.00", allow_zero=True) == 0


@pytest.mark.parametrize(("amount_fen", "text"), [(0, "0.00"), (-5, "-0.05"), (-10_000, "-100.00")])
def test_the_books_may_show_nothing_and_debits(amount_fen: int, text: str) -> None:
    assert format_fen(amount_fen) == text
