"""Base64 with one spelling for each value."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.sdk.protocol.strict_base64 import from_base64, from_base64url, to_base64, to_base64url


@given(value=st.binary(max_size=64))
def test_a_value_has_the_text_of_the_standard_library_and_comes_back(value: bytes) -> None:
    assert to_base64(value) == base64.b64encode(value).decode()
    assert to_base64url(value) == base64.urlsafe_b64encode(value).decode().rstrip("=")
    assert from_base64(to_base64(value)) == value
    assert from_base64url(to_base64url(value)) == value


@given(text=st.text(alphabet="AQgw_-+/= \n", max_size=12))
def test_any_accepted_text_is_the_only_text_of_its_value(text: str) -> None:
    for read, write in ((from_base64, to_base64), (from_base64url, to_base64url)):
        try:
            value = read(text)
        except ValueError:
            continue
        assert write(value) == text


@pytest.mark.parametrize("text", ["QR==", "QQ=", "QQ", "Q Q==", "QQ==\n", "QQ==QQ==", "-_==", "汉", "===="])
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        from_base64(text)


@pytest.mark.parametrize("text", ["QR", "QQ==", "Q", "QQ\n", "+/AA", "汉"])
def test_another_url_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        from_base64url(text)
