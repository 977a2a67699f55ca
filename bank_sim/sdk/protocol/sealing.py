"""Sealed fields: the sensitive members of a message as one JWE compact string (RFC 7516), bound to its place.

Its protected header names App_ID, API_ID, direction and the message's nonce, so that a sealed value is worthless
anywhere else (JR/T 0185 7.2.2). Opening gives one answer for every cryptographic or context failure: no oracle.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bank_sim.sdk.protocol import agreement, content_cipher, strict_json
from bank_sim.sdk.protocol.der import is_canonical_sm2_ciphertext, looks_like_raw_sm2_ciphertext
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey, require_use
from bank_sim.sdk.protocol.problems import DECRYPT_FAILED, SEALED_MALFORMED, Problem
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url
from bank_sim.sdk.protocol.suites import GM, INTL

SEALED_CHARS_MAX = 64 * 1024
_HEADER_CHARS_MAX = 2048
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})")
_EPK_MEMBERS = {"kty", "crv", "x", "y"}


@dataclass(frozen=True, slots=True)
class SealContext:
    """Where a sealed value belongs. ``nonce`` is that of the signature of the message (an answer: of its request)."""

    app_id: str
    api_id: str
    direction: Literal["request", "response"]
    nonce: str

    def members(self) -> dict[str, str]:
        """The private members of the protected header."""
        return {"app_id": self.app_id, "api_id": self.api_id, "dir": self.direction, "nonce": self.nonce}


@dataclass(frozen=True, slots=True)
class _Sealed:
    """The five parts of a JWE, decoded; ``header_text`` is what the tag covers."""

    header_text: str
    header: dict[str, Any]
    encrypted_key: bytes
    iv: bytes
    ciphertext: bytes
    tag: bytes


def seal(fields: Mapping[str, object], recipient: PublicKey, context: SealContext) -> str:
    """``fields`` as a JWE compact string that only the recipient opens, and only in this context."""
    require_use(recipient, "enc")
    content_key, encrypted_key, agreed = agreement.new_content_key(recipient)
    profile = recipient.profile
    header = {"alg": profile.jwe_alg, "enc": profile.jwe_enc, "kid": recipient.kid, **agreed, **context.members()}
    header_text = to_base64url(strict_json.dump(header))
    iv = os.urandom(content_cipher.IV_BYTES)
    ciphertext, tag = content_cipher.encrypt(
        profile.jwe_enc, content_key, iv, header_text.encode("ascii"), strict_json.dump(fields)
    )
    return ".".join([header_text, *map(to_base64url, (encrypted_key, iv, ciphertext, tag))])


def open_sealed(text: str, key: PrivateKey, context: SealContext) -> dict[str, Any]:
    """The sealed fields.

    1. The text is one canonical JWE of this key's suite: ``SEALED_MALFORMED`` says what to mend.
    2. It was sealed to this key, for this context: ``DECRYPT_FAILED``.
    3. The content key is recovered and the tag holds: ``DECRYPT_FAILED``, the same in every respect.
    4. Inside is a JSON object: ``SEALED_MALFORMED``.
    """
    require_use(key, "enc")
    sealed = _read(text)
    _require_profile(sealed, key)
    expected = {"kid": key.kid, **context.members()}
    if any(sealed.header[name] != value for name, value in expected.items()):
        raise DECRYPT_FAILED.problem(reason="sealed to another key or for another context")
    try:
        plaintext = _decrypted(sealed, key)
    except ValueError as error:
        raise DECRYPT_FAILED.problem(reason=str(error)) from error
    try:
        return strict_json.parse_object(plaintext)
    except Problem as problem:
        raise SEALED_MALFORMED.problem(f"The sealed fields: {problem.detail or problem.kind.title}") from problem


def recipient_of(text: str) -> str | None:
    """The ``kid`` that a sealed value claims to be for, so that its reader can take the right key; None if unreadable.

    Only a hint: opening judges it together with everything else.
    """
    try:
        header = _read(text).header
    except Problem:
        return None
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def _read(text: str) -> _Sealed:
    if len(text) > SEALED_CHARS_MAX:
        raise SEALED_MALFORMED.problem(f"The sealed value is longer than {SEALED_CHARS_MAX} characters.")
    parts = _COMPACT.fullmatch(text)
    if parts is None or len(parts[1]) > _HEADER_CHARS_MAX:
        raise SEALED_MALFORMED.problem("A sealed value has five base64url parts, with a 12-byte IV and 16-byte tag.")
    try:
        header, *rest = (from_base64url(part) for part in parts.groups())
        return _Sealed(parts[1], strict_json.parse_object(header), *rest)
    except ValueError as error:
        raise SEALED_MALFORMED.problem("A part is not canonical base64url.") from error
    except Problem as problem:
        raise SEALED_MALFORMED.problem("The protected header is not a JSON object.", reason=str(problem)) from problem


def _require_profile(sealed: _Sealed, key: PrivateKey) -> None:
    profile = key.public.profile
    is_gm = key.suite == GM.name
    members = {"alg", "enc", "kid", "app_id", "api_id", "dir", "nonce"} | (set() if is_gm else {"epk"})
    if set(sealed.header) != members:
        raise SEALED_MALFORMED.problem(f"The protected header has exactly these members: {' '.join(sorted(members))}.")
    if (sealed.header["alg"], sealed.header["enc"]) != (profile.jwe_alg, profile.jwe_enc):
        raise SEALED_MALFORMED.problem(f"alg and enc must be {profile.jwe_alg} and {profile.jwe_enc} for this key.")
    if is_gm:
        _require_sm2_form(sealed.encrypted_key)
    elif sealed.encrypted_key:
        raise SEALED_MALFORMED.problem("ECDH-ES agrees on the key directly: the second part must be empty.")
    elif not _is_p256(sealed.header["epk"]):
        raise SEALED_MALFORMED.problem("epk must be an EC public key with kty, crv, x and y, on P-256.")


def _is_p256(epk: object) -> bool:
    """Whether this has the members of a P-256 JWK and no others; its point is checked when it is used."""
    return isinstance(epk, dict) and set(epk) == _EPK_MEMBERS and (epk["kty"], epk["crv"]) == ("EC", INTL.crv)


def _require_sm2_form(encrypted_key: bytes) -> None:
    """Form only, before any use of the key: what it tells is what the sender already knows."""
    if is_canonical_sm2_ciphertext(encrypted_key):
        return
    if looks_like_raw_sm2_ciphertext(encrypted_key):
        raise SEALED_MALFORMED.problem("The encrypted key looks like raw 04||x||y||C3||C2; DER is taken here.")
    raise SEALED_MALFORMED.problem("The encrypted key must be DER SEQUENCE {x, y, C3, C2}, canonically encoded.")


def _decrypted(sealed: _Sealed, key: PrivateKey) -> bytes:
    content_key = agreement.content_key(key, sealed.encrypted_key, sealed.header)
    aad = sealed.header_text.encode("ascii")
    return content_cipher.decrypt(
        key.public.profile.jwe_enc, content_key, sealed.iv, aad, sealed.ciphertext, sealed.tag
    )
