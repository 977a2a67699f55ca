"""The content key of each suite's sealing: how sender and recipient come to share it. It sees no message.

gm wraps a random key with SM2; intl agrees on one with an ephemeral key (ECDH-ES, RFC 7518 section 4.6). Failures come
out as ``ValueError``: telling them apart is not for the outside.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes

from bank_sim.sdk.protocol.content_cipher import KEY_BYTES
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey, coordinates, point_from_jwk
from bank_sim.sdk.protocol.libcrypto import LibcryptoError
from bank_sim.sdk.protocol.p256 import P256Private, P256Public
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sm2 import Sm2Private, Sm2Public


def concat_kdf(shared: bytes, enc: str, key_bytes: int, apu: bytes = b"", apv: bytes = b"") -> bytes:
    """The key of RFC 7518 section 4.6.2 for direct agreement: one round of SHA-256 gives up to 32 bytes."""
    hasher = hashes.Hash(hashes.SHA256())
    hasher.update((1).to_bytes(4, "big") + shared)
    for text in (enc.encode("ascii"), apu, apv):
        hasher.update(len(text).to_bytes(4, "big") + text)
    hasher.update((8 * key_bytes).to_bytes(4, "big"))
    return hasher.finalize()[:key_bytes]


def new_content_key(recipient: PublicKey) -> tuple[bytes, bytes, dict[str, Any]]:
    """A fresh content key for the recipient: the key, its encrypted form, and the header members that go with it."""
    enc = recipient.profile.jwe_enc
    if isinstance(recipient.algorithms, Sm2Public):
        content_key = os.urandom(KEY_BYTES[enc])
        return content_key, recipient.algorithms.encrypt(content_key), {}
    ephemeral = P256Private.generate()
    epk = coordinates(recipient.profile, ephemeral.point)
    shared = ephemeral.agree(recipient.algorithms)
    return concat_kdf(shared, enc, KEY_BYTES[enc]), b"", {"epk": epk}


def content_key(key: PrivateKey, encrypted_key: bytes, header: Mapping[str, Any]) -> bytes:
    """The content key that the sender chose, of any length; ``ValueError`` for every failure."""
    enc = key.public.profile.jwe_enc
    try:
        if isinstance(key.algorithms, Sm2Private):
            return key.algorithms.decrypt(encrypted_key)
        return _agreed(key.algorithms, header["epk"], enc)
    except (LibcryptoError, Problem, KeyError) as error:
        raise ValueError("the content key cannot be recovered") from error


def _agreed(private: P256Private, epk: Mapping[str, Any], enc: str) -> bytes:
    # P256Public refuses a point off the curve, which would leak the private key bit by bit.
    return concat_kdf(private.agree(P256Public(point_from_jwk(epk))), enc, KEY_BYTES[enc])
