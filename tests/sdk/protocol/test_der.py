"""The strict reader of SM2 ciphertexts accepts every ciphertext that is made and nothing that is made loosely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.sdk.protocol.der import is_canonical_sm2_ciphertext, looks_like_raw_sm2_ciphertext
from bank_sim.sdk.protocol.sm2 import Sm2Private, Sm2Public


@given(plaintext=st.binary(min_size=1, max_size=600))
def test_every_ciphertext_of_libcrypto_is_canonical(plaintext: bytes) -> None:
    ciphertext = PUBLIC.encrypt(plaintext)
    assert is_canonical_sm2_ciphertext(ciphertext)
    assert not looks_like_raw_sm2_ciphertext(ciphertext)


KEY = Sm2Private.generate()
PUBLIC = Sm2Public(KEY.point)


def integer(value: bytes) -> bytes:
    return bytes([0x02, len(value)]) + value


def sequence(content: bytes) -> bytes:
    return bytes([0x30, len(content)]) + content


X, Y = integer(b"\x11" * 32), integer(b"\x00" + b"\x99" * 32)
C3, C2 = b"\x04\x20" + bytes(32), b"\x04\x03abc"


def test_the_plain_form_is_canonical() -> None:
    assert is_canonical_sm2_ciphertext(sequence(X + Y + C3 + C2))


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        sequence(X + Y + C3),
        sequence(X + Y + C3 + C2) + b"\0",
        sequence(X + Y + C3 + C2 + C2),
        b"\x30\x81" + sequence(X + Y + C3 + C2)[1:],
        b"\x31" + sequence(X + Y + C3 + C2)[1:],
        sequence(integer(b"\x00" + b"\x11" * 32) + Y + C3 + C2),
        sequence(integer(b"\x99" * 32) + Y + C3 + C2),
        sequence(integer(b"\x11" * 33) + Y + C3 + C2),
        sequence(integer(b"") + Y + C3 + C2),
        sequence(X + Y + b"\x04\x1f" + bytes(31) + C2),
        sequence(X + Y + C3 + b"\x04\x00"),
        sequence(X + Y + C3 + b"\x04\x7fabc"),
        sequence(X + Y + C3 + b"\x24\x03abc"),
    ],
    ids=lambda der: der.hex()[:24],
)
def test_a_loose_form_is_not_canonical(der: bytes) -> None:
    assert not is_canonical_sm2_ciphertext(der)
