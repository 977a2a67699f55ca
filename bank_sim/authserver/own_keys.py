"""An application's dealings with its own credentials: ``POST /oauth/keys`` and what lies below it (JR/T 0185 7.3.4).

    keys              jwk → rotation_id, challenge: a text to sign, or a value sealed to the new key
    keys/proof        rotation_id, proof → keyid, not_after, superseded, superseded_until
    keys/revoke       keyid, reason
    keys/secret       → sealed {app_secret}, former_until
    keys/certificate  certificate_request (PKCS #10) → certificate_pem, certificate_sha256, not_after, former_until

A new credential is ordered with a signature of a present one, whatever else proves the client: who has got hold of an
assertion or of a certificate must not make a key of their own the application's. A signing key that has a successor
orders none, though it still signs calls: it was given up, perhaps because somebody else has it. It may end itself.
"""

from __future__ import annotations

import re
from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.clock import rfc3339
from bank_sim.keys.custody import Change
from bank_sim.registry.certificate_requests import read_request, require_signable
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, seal
from bank_sim.staff.journal import masked
from bank_sim.store import Transaction

SEALED_KEYS, SEALED_SECRET = "oauth.keys", "oauth.keys.secret"
_REASON_CHARS = range(4, 301)
_PROOF_CHARS_MAX = 1_024
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def order_is_signed(call: OAuthCall) -> None:
    """SIGNATURE_REQUIRED: the message itself bears the signature of a key that is registered now."""
    if call.signature is None:
        raise problems.SIGNATURE_REQUIRED.problem("Sign this message with the signing key that is registered now.")


def key_has_no_successor(call: OAuthCall) -> None:
    """KEY_SUPERSEDED: new credentials are ordered by the signing key that is in force."""
    if call.signature is not None and _is_superseded(call, call.signature.keyid):
        raise problems.KEY_SUPERSEDED.problem("Sign with the signing key that took its place.")


def superseded_key_ends_itself_only(call: OAuthCall) -> None:
    """KEY_SUPERSEDED: a key that was given up must not end the one that took its place."""
    if call.signature is not None and call.form.get("keyid") != call.signature.keyid:
        key_has_no_successor(call)


def key_is_offerable(call: OAuthCall) -> None:
    """KEY_INVALID, KEY_USAGE_MISMATCH: see ``registry.rotation``."""
    call.bank.application_keys.require_offerable(call.client, _jwk(call))


def possession_is_proven(call: OAuthCall) -> None:
    """KEY_NOT_PROVEN: the private half of the new key has answered the bank's challenge."""
    proof = required(call, "proof")[:_PROOF_CHARS_MAX]
    call.bank.application_keys.require_possession(call.client.app_id, required(call, "rotation_id"), proof)


def request_is_signable(call: OAuthCall) -> None:
    """CERT_REQUEST_INVALID, KEY_NOT_PROVEN: the request is signed by its own key, and names its holder properly."""
    require_signable(read_request(required(call, "certificate_request")))


def offer(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """Lay a new public key before the bank."""
    now_ms = call.bank.clock.now_ms()
    challenge = call.bank.application_keys.offer(db, call.client, _jwk(call), now_ms)
    text = challenge.nonce
    if challenge.key.use == "enc":
        text = _sealed(call, {"challenge": challenge.nonce}, challenge.key, SEALED_KEYS)
    lifetime_s = call.bank.config.policy.key_challenge_s
    return {"rotation_id": challenge.rotation_id, "challenge": text, "expires_in": lifetime_s}


def prove(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """The proven key serves from now on."""
    rotated = call.bank.application_keys.prove(
        db, call.client, required(call, "rotation_id"), _change(call, "rotated by the application")
    )
    return {
        "keyid": rotated.keyid,
        "use": rotated.use,
        "not_after": rfc3339(rotated.not_after_ms // 1000),
        "superseded": list(rotated.superseded),
        "superseded_until": rfc3339(rotated.superseded_until_ms // 1000),
    }


def revoke(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """One of its own credentials, at once; also the one that signed this. RESOURCE_NOT_AUTHORIZED for all others.

    A client certificate is named by its fingerprint (SHA-256 in hex).
    """
    keyid, reason = required(call, "keyid"), required(call, "reason")
    if len(reason) not in _REASON_CHARS or not reason.isprintable():
        raise problems.PARAM_INVALID.problem("reason: 4 to 300 printable characters.")
    if _FINGERPRINT.fullmatch(keyid):
        return _revoke_certificate(call, db, keyid, masked(reason))
    if not keyid.startswith(f"{call.client.app_id}.") or call.bank.registry.credential(keyid) is None:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem("keyid is none of yours.")
    call.bank.application_keys.revoke(db, keyid, _change(call, masked(reason)))
    return {"keyid": keyid, "status": "revoked"}


def _revoke_certificate(call: OAuthCall, db: Transaction, sha256: str, reason: str) -> dict[str, Any]:
    certificates = call.bank.certificates
    if not certificates.is_of(call.client.app_id, sha256):
        raise problems.RESOURCE_NOT_AUTHORIZED.problem("keyid is none of yours.")
    certificates.revoke(db, sha256, _change(call, reason))
    return {"keyid": sha256, "status": "revoked"}


def renew_secret(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """A new App_Secret, sealed to the application's sealing key. KEY_UNKNOWN where there is none to seal to."""
    key = call.bank.registry.sealing_key(call.client.app_id)
    if key is None:
        raise problems.KEY_UNKNOWN.problem("Register a sealing key first: App_Secret travels sealed only.")
    secret, until_ms = call.bank.application_keys.renew_secret(
        db, call.client, _change(call, "renewed by the application")
    )
    sealed = _sealed(call, {"app_secret": secret}, key, SEALED_SECRET)
    return {"sealed": sealed, "former_until": rfc3339(until_ms // 1000)}


def renew_certificate(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """A TLS client certificate for a fresh key. KEY_INVALID for one that was certified before."""
    request = read_request(required(call, "certificate_request"))
    change = _change(call, "renewed by the application")
    issued = call.bank.certificates.issue(db, call.client.app_id, request, change)
    until_ms = issued.former_until_ms
    return {
        "certificate_pem": issued.pem,
        "certificate_sha256": issued.sha256,
        "not_after": rfc3339(issued.not_after_ms // 1000),
        "former_until": rfc3339(until_ms // 1000) if until_ms is not None else None,
    }


def _is_superseded(call: OAuthCall, keyid: str) -> bool:
    credential = call.bank.registry.credential(keyid)
    return credential is not None and credential.status == "superseded"


def _sealed(call: OAuthCall, fields: dict[str, str], key: PublicKey, api_id: str) -> str:
    if call.signature is None:
        raise problems.SIGNATURE_REQUIRED.problem("What is sealed is bound to the nonce of a signature.")
    return seal(fields, key, SealContext(call.client.app_id, api_id, "response", call.signature.nonce))


def _change(call: OAuthCall, reason: str) -> Change:
    return Change(call.client.app_id, reason, call.bank.clock.now_ms())


def _jwk(call: OAuthCall) -> dict[str, Any]:
    try:
        return strict_json.parse_object(required(call, "jwk").encode())
    except Problem as problem:
        raise problems.KEY_INVALID.problem("jwk is not a JSON object.") from problem
