"""Identifiers that mean nothing: 20 characters of base32, 100 random bits, fit for URLs and for reading aloud."""

from __future__ import annotations

import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def new_identifier(prefix: str = "") -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(20))
