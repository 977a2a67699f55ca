"""Masking shows enough to recognise and too little to use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.sdk.protocol.masking import mask_account, mask_id_number, mask_name, mask_phone


@pytest.mark.clause("7.2.2-3.2.2", "7.3.3-2.2")
@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (mask_account, "6221001234567890", "622100******7890"),
        (mask_account, "6221001234567890123", "622100*********0123"),
        (mask_account, "1234567890", "*********0"),
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "12345", "****5"),
        (mask_id_number, "11010519491231002X", "1****************X"),
        (mask_name, "王小明", "**明"),
        (mask_name, "李雷", "*雷"),
        (mask_name, "李", "*"),
        (mask_name, "", ""),
    ],
)
def test_a_value_is_masked_as_agreed(mask: object, text: str, shown: str) -> None:
    assert callable(mask)
    assert mask(text) == shown


@pytest.mark.clause("7.2.2-3.2.2")
@given(text=st.text(alphabet="0123456789", max_size=24))
def test_whatever_the_length_four_digits_or_all_but_one_stay_hidden(text: str) -> None:
    for mask in (mask_account, mask_phone, mask_id_number):
        masked = mask(text)
        assert len(masked) == len(text)
        assert masked.count("*") >= min(4, max(len(text) - 1, len(text[:1])))
