"""Check characters against published examples, and the fictional register's own codes."""

from __future__ import annotations

import pytest

from bank_sim.admission.credit_code import is_credit_code, is_id_number
from bank_sim.admission.registers import REGISTER


@pytest.mark.clause("9.1.2-2.1")
def test_published_credit_codes_hold_and_any_other_last_character_does_not() -> None:
    """The example of GB 32100-2015 (91350100M000100Y43), and those of our register."""
    for code in ("91350100M000100Y43", *REGISTER):
        assert is_credit_code(code)
        assert [each for each in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_credit_code(code[:17] + each)] == [code[17]]


@pytest.mark.parametrize(
    "text", ["", "91350100M000100Y4", "91350100M000100Y43 ", "91350100I000100Y43", "９1350100M000100Y43"]
)
def test_what_is_no_credit_code_is_none(text: str) -> None:
    assert not is_credit_code(text)


@pytest.mark.clause("9.1.2-2.1")
def test_identity_numbers_follow_their_check_character() -> None:
    """The example of GB 11643-1999 (11010519491231002X)."""
    assert is_id_number("11010519491231002X")
    assert not is_id_number("110105194912310021")
    assert not is_id_number("11010519491231002x")
    assert not is_id_number("1101051949123100")
