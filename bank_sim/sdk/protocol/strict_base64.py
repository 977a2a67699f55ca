"""Base64 with exactly one text for each value (RFC 4648 section 3.5). It knows nothing of what it carries.

Decoders that ignore stray characters or padding bits let a signed or sealed text be changed unnoticed. These
functions accept a text only when encoding its value again gives the very same text.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64encode

_URLSAFE_TO_STANDARD = str.maketrans("-_+/", "+/-_")


def to_base64(value: bytes) -> str:
    """Standard alphabet with padding, as structured fields write byte sequences (RFC 8941 section 3.3.5)."""
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def from_base64(text: str) -> bytes:
    """The value of a canonical base64 text; ``ValueError`` for any other text."""
    try:
        value = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64") from error
    if to_base64(value) != text:
        raise ValueError("not the canonical base64 of its value")
    return value


def to_base64url(value: bytes) -> str:
    """URL-safe alphabet without padding, as JOSE writes (RFC 7515 section 2)."""
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The value of a canonical unpadded base64url text; ``ValueError`` for any other text."""
    if "=" in text:
        raise ValueError("base64url stands without padding here")
    # The alphabets are swapped, so that "+" and "/" turn into what the strict decoder refuses.
    return from_base64(text.translate(_URLSAFE_TO_STANDARD) + "=" * (-len(text) % 4))
