"""Client assertions: private_key_jwt (RFC 7523), the OAuth client's proof that it holds its registered key.

ES256 and PS256 as any OAuth library makes them, and ``SM2`` for the gm suite: JWS with a DER signature over SM3 under
the standard's user id, as everywhere on this wire. Whether a ``jti`` was used before is the caller's to know.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import OAUTH_INVALID_CLIENT, Problem
from bank_sim.sdk.protocol.rsa_keys import RsaPublicKey
from bank_sim.sdk.protocol.strict_base64 import from_base64url, to_base64url

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_CHARS_MAX = 4096
LIFETIME_S_MAX = 300
LEEWAY_S = 60
NOT_PROVEN = "The client is not proven: check client_id, the assertion's kid and alg, and the key that signs it."
"""Said of an unknown client, an unknown key, another algorithm and a wrong signature alike, so that none shows."""
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_JTI_CHARS_MAX = 128


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion as read: nothing in it is to be believed before ``verify_assertion``."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def client_id(self) -> str:
        """The claimed client: what the key to verify with is looked up by."""
        return str(self.claims.get("sub", ""))

    @property
    def kid(self) -> str | None:
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None


def make_assertion(
    key: PrivateKey, client_id: str, audience: str, issued_at_s: int, jti: str, lifetime_s: int = 60
) -> str:
    """A signed assertion, valid for ``lifetime_s`` from ``issued_at_s``; ``jti`` must be fresh for each."""
    header = {"alg": key.public.profile.jws_alg, "kid": key.kid, "typ": "JWT"}
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": issued_at_s,
        "exp": issued_at_s + lifetime_s,
        "jti": jti,
    }
    signing_input = ".".join(to_base64url(strict_json.dump(part)) for part in (header, claims))
    return f"{signing_input}.{to_base64url(key.sign(signing_input.encode('ascii')))}"


def read_assertion(text: str) -> Assertion:
    """The parts of a JWS compact text with JSON header and claims; ``OAUTH_INVALID_CLIENT`` for all else."""
    parts = _COMPACT.fullmatch(text) if len(text) <= ASSERTION_CHARS_MAX else None
    if parts is None:
        raise OAUTH_INVALID_CLIENT.problem("The client assertion is not a JWS compact text.")
    try:
        header, claims, signature = (from_base64url(part) for part in parts.groups())
        signing_input = f"{parts[1]}.{parts[2]}".encode("ascii")
        return Assertion(strict_json.parse_object(header), strict_json.parse_object(claims), signing_input, signature)
    except ValueError as error:
        raise OAUTH_INVALID_CLIENT.problem("A part of the client assertion is not canonical base64url.") from error
    except Problem as problem:
        raise OAUTH_INVALID_CLIENT.problem(
            f"The client assertion's JSON: {problem.detail or problem.kind.title}"
        ) from problem


def verify_assertion(
    assertion: Assertion,
    key: PublicKey | RsaPublicKey,
    *,
    client_id: str,
    audiences: Collection[str],
    now_s: float,
    lifetime_s_max: int = LIFETIME_S_MAX,
) -> None:
    """The assertion proves this client, here and now; ``OAUTH_INVALID_CLIENT`` says which point fails, from 2 on.

    1. The header names the registered key's algorithm, and the signature holds: ``NOT_PROVEN``.
    2. It needs no extension to be understood (RFC 7515 section 4.1.11).
    3. Issuer and subject are the client (RFC 7523 section 3).
    4. It is addressed to one of ``audiences``.
    5. It is within its time, which is short.
    6. It bears a ``jti``, for the caller to burn.
    """
    alg = key.profile.jws_alg if isinstance(key, PublicKey) else "PS256"
    claims = assertion.claims
    if assertion.header.get("alg") != alg or not key.verify(assertion.signature, assertion.signing_input):
        raise OAUTH_INVALID_CLIENT.problem(NOT_PROVEN, reason="wrong algorithm or signature")
    _require("crit" not in assertion.header, "no critical extension is understood here")
    _require(claims.get("iss") == claims.get("sub") == client_id, "iss and sub must be the client_id")
    _require(_is_addressed(claims.get("aud"), audiences), "aud must name this authorization server")
    _require_in_time(claims, now_s, lifetime_s_max)
    jti = claims.get("jti")
    _require(isinstance(jti, str) and 0 < len(jti) <= _JTI_CHARS_MAX, "jti must be a text of 1 to 128 characters")


def _is_addressed(aud: object, audiences: Collection[str]) -> bool:
    """RFC 7519 section 4.1.3: one text, or a list of texts."""
    addressed = aud if isinstance(aud, list) else [aud]
    return any(isinstance(audience, str) and audience in audiences for audience in addressed)


def _require_in_time(claims: dict[str, Any], now_s: float, lifetime_s_max: int) -> None:
    for name in ("exp", "iat", "nbf"):
        present = name == "exp" or name in claims
        _require(not present or type(claims.get(name)) is int, f"{name} must be a whole number of seconds")
    _require(now_s < claims["exp"] + LEEWAY_S, "exp is past")
    _require(claims["exp"] <= now_s + lifetime_s_max + LEEWAY_S, f"exp lies more than {lifetime_s_max} s ahead")
    for name in ("iat", "nbf"):
        _require(claims.get(name, 0) <= now_s + LEEWAY_S, f"{name} lies ahead")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise OAUTH_INVALID_CLIENT.problem(f"The client assertion is refused: {otherwise}.")
