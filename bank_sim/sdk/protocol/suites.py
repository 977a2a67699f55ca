"""The two families of algorithms of the wire, and their digests. It holds names and hashing only: no keys.

``gm`` is the default (JR/T 0185 7.1: algorithms follow the national cryptography authority); ``intl`` is the
alternative for foreign tools. An application party registers for one; its key decides the algorithm, never a message.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes


@dataclass(frozen=True, slots=True)
class Suite:
    """Names as they stand on the wire: RFC 9421 algorithms, RFC 9530 digest key, JWE ``alg``/``enc``, JWK ``crv``."""

    name: str
    signature_algorithm: str
    mac_algorithm: str
    digest_algorithm: str
    jwe_alg: str
    jwe_enc: str
    crv: str
    jws_alg: str


GM = Suite("gm", "sm2-sm3", "hmac-sm3", "sm3", "SM2", "SM4-GCM", "SM2", "SM2")
INTL = Suite("intl", "ecdsa-p256-sha256", "hmac-sha256", "sha-256", "ECDH-ES", "A256GCM", "P-256", "ES256")

SUITES: dict[str, Suite] = {suite.name: suite for suite in (GM, INTL)}

_HASHES: dict[str, hashes.HashAlgorithm] = {"gm": hashes.SM3(), "intl": hashes.SHA256()}


def hash_algorithm(suite: str) -> hashes.HashAlgorithm:
    """The suite's hash: SM3 (GB/T 32905) or SHA-256; both give 32 bytes."""
    return _HASHES[suite]


def digest(suite: str, data: bytes) -> bytes:
    """The suite's 32-byte digest of ``data``."""
    hasher = hashes.Hash(_HASHES[suite])
    hasher.update(data)
    return hasher.finalize()
