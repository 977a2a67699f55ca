"""The phone's authenticator: the code of now for a secret that some site has shown (RFC 6238). Pure.

It knows neither sites nor what a code is good for, which is its weakness: so little can be read from a code that
people are talked out of them.
"""

from __future__ import annotations

import hmac
import struct
from base64 import b32decode
from binascii import Error as NotBase32
from hashlib import sha1

STEP_S = 30
_SECRET_BYTES_MIN = 10


def secret_from(typed: str) -> str:
    """The secret as it is kept: base32 capitals without blanks. ``ValueError`` for what is no secret."""
    text = "".join(typed.upper().replace("-", " ").split()).rstrip("=")
    if len(_decoded(text)) < _SECRET_BYTES_MIN:
        raise ValueError("too short for a secret")
    return text


def code_of(secret: str, now_s: float) -> str:
    """The six digits of this half minute."""
    mac = hmac.new(_decoded(secret), struct.pack(">Q", int(now_s // STEP_S)), sha1).digest()
    (number,) = struct.unpack_from(">I", mac, mac[-1] & 0x0F)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def seconds_left(now_s: float) -> int:
    """How long the code of now is shown: 30 down to 1."""
    return STEP_S - int(now_s % STEP_S)


def _decoded(text: str) -> bytes:
    try:
        return b32decode(text + "=" * (-len(text) % 8))
    except NotBase32 as error:
        raise ValueError("not base32") from error
