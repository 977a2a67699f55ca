"""A security key made of software: what a browser and an authenticator answer to WebAuthn's questions.

For users who have no browser with scripts. It answers what ``navigator.credentials`` answers, as JSON, and does what
real keys do: it signs for one host only, wants to be touched, and counts its signatures. Unlike a real one it can be
copied, which is what its counter gives away.
"""

from __future__ import annotations

import json
import secrets
from copy import copy
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)


class SecurityKey:
    """One key on a user's key ring. ``options``: the JSON that a page hands to ``navigator.credentials``."""

    def __init__(self) -> None:
        self._credentials: dict[bytes, tuple[str, ec.EllipticCurvePrivateKey]] = {}
        self._count = 0

    def copied(self) -> SecurityKey:
        """What somebody holds who took the secrets out of this key: its twin, with a counter of its own."""
        twin = copy(self)
        twin._credentials = dict(self._credentials)
        return twin

    def create(self, options: str, origin: str) -> str:
        """Answer ``create``: a fresh credential for the relying party that asks."""
        asked = json.loads(options)
        rp_id = _relying_party(asked["rp"]["id"], origin)
        private, credential_id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32)
        self._credentials[credential_id] = (rp_id, private)
        self._count += 1
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
        public = ES256.from_cryptography_key(private.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(Aaguid.NONE, credential_id, public)
        data = AuthenticatorData.create(_hashed(rp_id), flags, self._count, bytes(credential))
        client = CollectedClientData.create("webauthn.create", websafe_decode(asked["challenge"]), origin)
        attestation = AttestationObject.create("none", data, {})
        return _answer(credential_id, {"clientDataJSON": bytes(client), "attestationObject": bytes(attestation)})

    def get(self, options: str, origin: str) -> str:
        """Answer ``get`` with a credential that the page names; ``LookupError`` when this key holds none of them."""
        asked = json.loads(options)
        rp_id = _relying_party(asked["rpId"], origin)
        named = (websafe_decode(each["id"]) for each in asked["allowCredentials"])
        known = (each for each in named if self._credentials.get(each, ("", None))[0] == rp_id)
        credential_id = next(known, None)
        if credential_id is None:
            raise LookupError(f"this key has no credential for {rp_id}")
        self._count += 1
        data = AuthenticatorData.create(_hashed(rp_id), AuthenticatorData.FLAG.UP, self._count)
        client = CollectedClientData.create("webauthn.get", websafe_decode(asked["challenge"]), origin)
        private = self._credentials[credential_id][1]
        signature = private.sign(bytes(data) + client.hash, ec.ECDSA(hashes.SHA256()))
        return _answer(
            credential_id,
            {"clientDataJSON": bytes(client), "authenticatorData": bytes(data), "signature": signature},
        )


def _relying_party(rp_id: str, origin: str) -> str:
    """As browsers have it: a page asks for its own host, or for one above it."""
    host = urlsplit(origin).hostname or ""
    if host != rp_id and not host.endswith(f".{rp_id}"):
        raise PermissionError(f"{origin} may not ask for keys of {rp_id}")
    return rp_id


def _hashed(rp_id: str) -> bytes:
    return sha256(rp_id.encode()).digest()


def _answer(credential_id: bytes, response: dict[str, bytes]) -> str:
    return json.dumps(
        {
            "id": websafe_encode(credential_id),
            "rawId": websafe_encode(credential_id),
            "type": "public-key",
            "response": {name: websafe_encode(value) for name, value in response.items()},
            "clientExtensionResults": {},
        }
    )
