"""SubjectPublicKeyInfo of the two curves (RFC 5480), with an uncompressed point. Form only: it checks no point.

Both are one fixed prefix and 64 bytes; whatever else DER could say about a key is thereby refused.
"""

from __future__ import annotations

from bank_sim.sdk.protocol.suites import GM, INTL

POINT_BYTES = 64
_PREFIXES = {
    GM.name: bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"),
    INTL.name: bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
}


def encode(suite: str, point: bytes) -> bytes:
    """The DER of a point x ‖ y; ``ValueError`` unless it has 64 bytes."""
    if len(point) != POINT_BYTES:
        raise ValueError("a point has 64 bytes")
    return _PREFIXES[suite] + point


def decode(der: bytes) -> tuple[str, bytes]:
    """Suite and point x ‖ y; ``ValueError`` for any other DER."""
    for suite, prefix in _PREFIXES.items():
        if der.startswith(prefix) and len(der) == len(prefix) + POINT_BYTES:
            return suite, der[len(prefix) :]
    raise ValueError("neither SM2 nor P-256 with an uncompressed point")
