"""The values behind the opaque strings. Instants are seconds since the epoch on the virtual clock."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlite_utils import Database


def new_secret() -> str:
    """256 random bits as 43 base64url characters: request URIs, codes and tokens (RFC 6749 section 10.10)."""
    return secrets.token_urlsafe(32)


def secret_sha256(secret: str) -> bytes:
    """What is kept of a secret. It has 256 bits of its own, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).digest()


def revoke_family(db: Database, family_id: str) -> None:
    """Every token that came of one code is worthless from now on."""
    db.execute("UPDATE tokens SET revoked = 1 WHERE family_id = ?", (family_id,))


@dataclass(frozen=True, slots=True)
class Binding:
    """The key that a token is bound to (RFC 7800 ``cnf``).

    ``kid``                 calls must be signed by this key; None: by any signing key of the application
    ``certificate_sha256``  calls must come over TLS with this client certificate (RFC 8705); hex, None: not bound
    """

    kid: str | None = None
    certificate_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PushedRequest:
    """An authorization request as pushed (RFC 9126), already validated. ``consent_id`` holds what it asks for."""

    app_id: str
    consent_id: str
    consent_type: str
    redirect_uri: str
    code_challenge: str
    state: str | None


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What a code stands for, once the user has agreed. ``not_after_s``: the consent's end, which no token outlives."""

    app_id: str
    consent_id: str
    customer_id: str
    redirect_uri: str
    code_challenge: str
    not_after_s: int


@dataclass(frozen=True, slots=True)
class Grant:
    """An access or refresh token as it stands: active when neither expired nor revoked (nor, refresh, used).

    ``scope`` is what the wire calls scope: API_IDs separated by blanks.
    """

    kind: str
    app_id: str
    binding: Binding
    customer_id: str | None
    consent_id: str | None
    scope: str
    issued_at_s: int
    expires_s: int
    family_id: str | None
    revoked: bool
    used: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """Fresh tokens, the only time they are seen. ``refresh_token`` is None where none is due."""

    access_token: str
    expires_in_s: int
    refresh_token: str | None
    scope: str
