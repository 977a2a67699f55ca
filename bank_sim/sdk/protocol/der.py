"""Strict DER (X.690) for the one structure that libcrypto reads too generously: the SM2 ciphertext of GM/T 0009.

OpenSSL ignores bytes after a ciphertext and accepts lengths written the long way; then a sealed value could be changed
unnoticed. This module decides about form only and never sees a key.
"""

from __future__ import annotations

from collections.abc import Iterator

_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04
_HASH_BYTES = 32
_FIELD_BYTES = 32


def is_canonical_sm2_ciphertext(der: bytes) -> bool:
    """Whether ``der`` is SEQUENCE {INTEGER x, INTEGER y, OCTET STRING C3, OCTET STRING C2}, encoded the one DER way."""
    try:
        ((tag, content),) = _values(der)
        (x_tag, x), (y_tag, y), (c3_tag, c3), (c2_tag, c2) = _values(content)
    except ValueError:
        return False
    tags_fit = (tag, x_tag, y_tag, c3_tag, c2_tag) == (_SEQUENCE, _INTEGER, _INTEGER, _OCTETS, _OCTETS)
    return tags_fit and _is_coordinate(x) and _is_coordinate(y) and len(c3) == _HASH_BYTES and len(c2) > 0


def looks_like_raw_sm2_ciphertext(text: bytes) -> bool:
    """Whether this may be 04 ‖ x ‖ y ‖ C3 ‖ C2, the form that many libraries give: worth naming to its sender."""
    return text[:1] == b"\x04" and len(text) > 1 + 2 * _FIELD_BYTES + _HASH_BYTES


def _values(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The (tag, content) pairs that fill ``data`` exactly; ``ValueError`` at the first that is not minimal DER."""
    while data:
        if len(data) < 2:
            raise ValueError("a DER value is cut off")
        start = 2 + max(0, data[1] - 0x80)
        length = data[1] if start == 2 else int.from_bytes(data[2:start], "big")
        if data[1:start] != _length(length) or len(data) < start + length:
            raise ValueError("a DER length is not minimal or points beyond the end")
        yield data[0], data[start : start + length]
        data = data[start + length :]


def _length(length: int) -> bytes:
    """The one DER encoding of a length."""
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 + len(octets)]) + octets


def _is_coordinate(integer: bytes) -> bool:
    """A non-negative INTEGER of at most 32 bytes without needless leading zeros."""
    if not integer or integer[0] & 0x80:
        return False
    needless_zero = len(integer) > 1 and integer[0] == 0 and not integer[1] & 0x80
    return not needless_zero and len(integer.lstrip(b"\0")) <= _FIELD_BYTES
