"""Statements: JSON claims signed by one key as a JWS compact text (RFC 7515), told apart by their ``typ``.

The key decides the algorithm: ES256, or ``SM2`` with a DER signature for the gm suite, as everywhere on this wire.
What a statement means and whose key may make it is the caller's to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url

STATEMENT_CHARS_MAX = 32 * 1024
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """As read: nothing in it is to be believed before ``is_by``."""

    kid: str
    typ: str
    claims: Mapping[str, Any]
    alg: str
    signing_input: bytes
    signature: bytes

    def is_by(self, key: PublicKey) -> bool:
        """Whether this key signed it, with its own algorithm."""
        same = self.kid == key.kid and self.alg == key.profile.jws_alg
        return same and key.verify(self.signature, self.signing_input)


def state(key: PrivateKey, typ: str, claims: Mapping[str, Any]) -> str:
    """The claims, signed."""
    header = {"alg": key.public.profile.jws_alg, "kid": key.kid, "typ": typ}
    signing_input = ".".join(to_base64url(strict_json.dump(part)) for part in (header, dict(claims)))
    return f"{signing_input}.{to_base64url(key.sign(signing_input.encode('ascii')))}"


def read_statement(text: str) -> Statement:
    """The parts of a statement. ``ValueError`` for whatever is none."""
    parts = _COMPACT.fullmatch(text) if len(text) <= STATEMENT_CHARS_MAX else None
    if parts is None:
        raise ValueError("not a JWS compact text")
    header_bytes, claims_bytes, signature = (from_base64url(part) for part in parts.groups())
    try:
        header, claims = strict_json.parse_object(header_bytes), strict_json.parse_object(claims_bytes)
    except Problem as problem:
        raise ValueError(problem.detail or problem.kind.title) from problem
    if "crit" in header:
        raise ValueError("no critical extension is understood here")
    kid, typ, alg = (header.get(name) for name in ("kid", "typ", "alg"))
    if not (isinstance(kid, str) and isinstance(typ, str) and isinstance(alg, str)):
        raise ValueError("the header names kid, typ and alg")
    return Statement(kid, typ, claims, alg, f"{parts[1]}.{parts[2]}".encode("ascii"), signature)
