"""Content-Digest (RFC 9530): the body's digest as a header that the signature covers. It never reads the body's sense.

One value of the suite's algorithm, canonically written: comparing whole headers then compares digests, and no second
value can say something else. ``sm3`` is this profile's key; IANA's registry has none for SM3.
"""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import DIGEST_MISMATCH, DIGEST_REQUIRED
from bank_sim.sdk.protocol.strict_base64 import to_base64
from bank_sim.sdk.protocol.suites import SUITES, digest


def content_digest(suite: str, body: bytes) -> str:
    """The header's value, ``sm3=:…:`` or ``sha-256=:…:``."""
    return f"{SUITES[suite].digest_algorithm}=:{to_base64(digest(suite, body))}:"


def require_digest(header: str | None, body: bytes, suite: str) -> None:
    """The header must be there when there is a body, and must match: ``DIGEST_REQUIRED``, ``DIGEST_MISMATCH``."""
    if header is None:
        if body:
            raise DIGEST_REQUIRED.problem()
        return
    algorithm = SUITES[suite].digest_algorithm
    if not header.startswith(f"{algorithm}=:"):
        raise DIGEST_REQUIRED.problem(f"Content-Digest must be a single value {algorithm}=:…: for this suite.")
    if header != content_digest(suite, body):
        raise DIGEST_MISMATCH.problem()
