"""Passwords as the bank keeps them: argon2id, with OWASP's minimum cost (19 MiB, 2 passes, 1 lane; about 20 ms).

It must not tell a wrong password from an unknown login, neither by its answer nor by its time.
"""

from __future__ import annotations

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

# Hashing is paid for before anything is known of the caller; longer input would buy an attacker more of it.
PASSWORD_CHARS_MAX = 128

# The shape of a hash that no password has: verifying against it costs what verifying against a real one costs.
_NOBODYS_ARGON2 = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)


def password_argon2(password: str) -> str:
    """The encoded hash with its own salt, for the credentials table."""
    return _HASHER.hash(password)


def password_holds(stored_argon2: str | None, password: str) -> bool:
    """Whether a known login's password is right; for an unknown one (None) the same time passes, in vain."""
    candidate = password if len(password) <= PASSWORD_CHARS_MAX else ""
    try:
        matches = _HASHER.verify(stored_argon2 or _NOBODYS_ARGON2, candidate)
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored_argon2 is not None and candidate == password
