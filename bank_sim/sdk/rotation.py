"""The application changes its own credentials at the bank: a new key, an end to an old one, a new App_Secret.

The bank takes a key only from somebody who shows to have its private half, so whoever calls this holds both: the one
registered now, which signs the order, and the new one, which answers the bank's challenge (JR/T 0185 7.3.4, 9.2.1 a).
Keeping keys is the application's business; it must keep a new key before it offers it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bank_sim.sdk.answers import Received
from bank_sim.sdk.authorization import AuthorizationClient
from bank_sim.sdk.credentials import ClientKeys
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import JSON_INVALID, KEY_NOT_PROVEN, Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed
from bank_sim.sdk.protocol.strict_base64 import to_base64url

_SEALED_KEYS, _SEALED_SECRET = "oauth.keys", "oauth.keys.secret"


@dataclass(frozen=True, slots=True)
class RotatedKey:
    """A key that is registered now. Times are RFC 3339 texts of the bank's clock."""

    keyid: str
    not_after: str
    superseded: tuple[str, ...]
    superseded_until: str


class OwnKeys:
    """The credentials of one application, at the bank."""

    def __init__(self, oauth: AuthorizationClient, keys: ClientKeys) -> None:
        self._oauth = oauth
        self._keys = keys

    def register(self, new: PrivateKey) -> RotatedKey:
        """Have a key of the application's suite serve; the one of its use before it serves on for the overlap.

        KEY_INVALID for a key that was ever registered; KEY_NOT_PROVEN if the bank asks for something else to be signed.
        """
        offered = self._oauth.ask(
            "keys",
            lambda received: self._challenged(received, new),
            jwk=strict_json.dump(new.public.jwk()).decode(),
        )
        rotation_id, challenge = offered
        proof = challenge if new.use == "enc" else to_base64url(new.sign(self._own_text(challenge, new).encode()))
        answer = self._oauth.post("keys/proof", rotation_id=rotation_id, proof=proof)
        superseded = answer.get("superseded")
        return RotatedKey(
            _text(answer, "keyid"),
            _text(answer, "not_after"),
            tuple(str(each) for each in superseded) if isinstance(superseded, list) else (),
            _text(answer, "superseded_until"),
        )

    def revoke(self, keyid: str, reason: str) -> None:
        """End a credential at once, as when it may be in others' hands; also the one that signs this very message."""
        self._oauth.post("keys/revoke", keyid=keyid, reason=reason)

    def renew_secret(self) -> str:
        """A new App_Secret: told this once. The former one serves for a while beside it."""
        return self._oauth.ask(
            "keys/secret", lambda received: self._opened(received, self._keys.opener_of, _SEALED_SECRET, "app_secret")
        )

    def renew_certificate(self, certificate_request: str) -> str:
        """A TLS client certificate (PEM) for a request (PKCS #10, PEM) that is signed by the fresh key it names.

        The former one serves for a while. The same request again brings the same certificate: ask anew where the
        answer was lost. CERT_REQUEST_INVALID, KEY_NOT_PROVEN; KEY_INVALID for a key that was certified before.
        """
        return _text(self._oauth.post("keys/certificate", certificate_request=certificate_request), "certificate_pem")

    def _challenged(self, received: Received, new: PrivateKey) -> tuple[str, str]:
        document = received.document()
        if new.use == "sig":
            return _text(document, "rotation_id"), _text(document, "challenge")
        challenge = self._opened(received, lambda _: new, _SEALED_KEYS, "challenge", within="challenge")
        return _text(document, "rotation_id"), challenge

    def _own_text(self, challenge: str, new: PrivateKey) -> str:
        """The new key signs a text about itself and nothing else that somebody might lay before it."""
        if not challenge.startswith(f"key-possession:{self._oauth.issuer}:{self._oauth.app_id}:{new.kid}:"):
            raise KEY_NOT_PROVEN.problem("What is to be signed is no challenge for this key.")
        return challenge

    def _opened(
        self,
        received: Received,
        opener_of: Callable[[str], PrivateKey],
        api_id: str,
        member: str,
        within: str = "sealed",
    ) -> str:
        text = _text(received.document(), within)
        context = SealContext(self._oauth.app_id, api_id, "response", received.nonce)
        return _text(open_sealed(text, opener_of(text), context), member)


def _text(answer: Mapping[str, Any], member: str) -> str:
    value = answer.get(member)
    if not isinstance(value, str):
        raise _lacking(member)
    return value


def _lacking(member: str) -> Problem:
    return JSON_INVALID.problem(f"The bank's answer lacks {member}.")
