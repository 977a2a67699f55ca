"""Whole HTTP messages made before the clock starts: signed, sealed, each with its own nonce and keys of its intent.

The bytes are what an application's client would send. Nothing is left out that the bank checks.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.assertions import ASSERTION_TYPE, make_assertion
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey
from bank_sim.sdk.protocol.sealing import SealContext, seal
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request

_NONCE_BYTES = 18


@dataclass(frozen=True, slots=True)
class Presigner:
    """Makes the messages of one application. ``authority``: the gateway's host and port; ``now_s``: the bank's time."""

    app_id: str
    suite: str
    authority: str
    issuer: str
    signing: PrivateKey = field(repr=False)
    secret: MacKey = field(repr=False)
    bank_sealing: PublicKey
    now_s: Callable[[], float] = time.time

    def public_query(self, path: str) -> bytes:
        """An A1 query, authenticated by HMAC with App_Secret."""
        return self._signed("GET", path, {}, b"", self.secret, "secret", secrets.token_urlsafe(_NONCE_BYTES))

    def signed_query(self, path: str) -> bytes:
        """An A1 query, signed with the application's key as A2 calls are."""
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return self._signed("GET", path, {}, b"", self.signing, self.signing.kid, nonce)

    def query(self, path: str, token: str) -> bytes:
        """An A2 query under a user's token."""
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return self._signed("GET", path, _bearer(token), b"", self.signing, self.signing.kid, nonce)

    def order(
        self,
        api_id: str,
        path: str,
        token: str,
        body: Mapping[str, Any],
        sealed: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> bytes:
        """A call that moves money or prepares to; by default with an Idempotency-Key of its own."""
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        members = dict(body)
        if sealed is not None:
            members["sealed"] = seal(sealed, self.bank_sealing, SealContext(self.app_id, api_id, "request", nonce))
        headers = _bearer(token) | {
            "idempotency-key": idempotency_key or secrets.token_urlsafe(_NONCE_BYTES),
            "content-type": "application/json",
        }
        return self._signed("POST", path, headers, strict_json.dump(members), self.signing, self.signing.kid, nonce)

    def token_request(self) -> bytes:
        """A token for the application itself, asked for as any OAuth client does: private_key_jwt, no more."""
        return self._token_request(grant_type="client_credentials")

    def refresh_request(self, refresh_token: str) -> bytes:
        """Fresh tokens under a user's consent; the refresh token serves once."""
        return self._token_request(grant_type="refresh_token", refresh_token=refresh_token)

    def _token_request(self, **grant: str) -> bytes:
        assertion = make_assertion(
            self.signing, self.app_id, self.issuer, int(self.now_s()), secrets.token_urlsafe(_NONCE_BYTES)
        )
        form = {
            **grant,
            "client_id": self.app_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return _raw("POST", "/oauth/token", self.authority, headers, urlencode(form).encode())

    def _signed(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        key: PrivateKey | MacKey,
        key_name: str,
        nonce: str,
    ) -> bytes:
        # Those who press on pages are there.
        headers = {"accept": "application/json", "x-api-version": "1", "x-user-present": "?1", **headers}
        if body:
            headers["content-digest"] = content_digest(self.suite, body)
        request = Request(method, self.authority, path, "", headers)
        headers |= sign_request(request, key, f"{self.app_id}.{key_name}", int(self.now_s()), nonce)
        return _raw(method, path, self.authority, headers, body)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _raw(method: str, path: str, authority: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"host: {authority}", *(f"{name}: {text}" for name, text in headers.items())]
    if body:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
