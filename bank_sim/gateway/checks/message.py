"""Whether this very message comes from the key's holder, unchanged, now, and for the first time (JR/T 0185 7.2.2).

The body's digest is taken from the raw bytes; nothing of the body is parsed before the signature holds. A nonce burns
only after that, else anybody could burn other people's.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.rsa_keys import RsaPublicKey
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import require_coverage, require_fresh, verify_request
from bank_sim.sdk.protocol.suites import GM

_REQUIRED = frozenset({"@method", "@authority", "@path", "x-api-version"})
_REQUIRED_WITH_BODY = _REQUIRED | {"content-digest"}
# What a keyid without App_Secret is verified under, so that it costs what a wrong MAC costs. Nobody holds it.
_NOBODYS_SECRET = MacKey(GM.name, secrets.token_bytes(32))


def presence(call: Call) -> None:
    """Exactly one signature, canonically written: SIGNATURE_REQUIRED, SIGNATURE_AMBIGUOUS, SIGNATURE_MALFORMED."""
    call.signature = read_signature(call.headers)


def freshness(call: Call) -> None:
    """Signed within the window around the bank's clock: TIMESTAMP_EXPIRED."""
    require_fresh(call.known_signature, call.now_s, call.bank.config.policy.signature_window_s)


def coverage(call: Call) -> None:
    """All components of the profile that the message has are covered: SIGNATURE_COVERAGE."""
    require_coverage(call.known_signature, call.request, _REQUIRED_WITH_BODY if call.body else _REQUIRED)


def digest(call: Call) -> None:
    """Content-Digest is that of the raw body: DIGEST_REQUIRED, DIGEST_MISMATCH."""
    require_digest(call.headers.get("content-digest"), call.body, call.known_application.suite)


def holds(call: Call) -> None:
    """It holds under the registered key, which decides the algorithm.

    SIGNATURE_INVALID, ALG_NOT_ALLOWED; for App_Secret APP_AUTH_FAILED, whatever it is that fails, and also where there
    is no such secret or application.
    """
    if call.claims_secret:
        _require_mac(call)
    else:
        key = call.known_credential.key
        if isinstance(key, RsaPublicKey):
            raise problems.KEY_USAGE_MISMATCH.problem()
        verify_request(call.known_signature, call.request, key)
    call.proven = True


def _require_mac(call: Call) -> None:
    key = call.credential.key if call.credential is not None else _NOBODYS_SECRET
    if not isinstance(key, MacKey):
        raise AssertionError("a key pair is registered under the name of App_Secret")
    if not _mac_holds(call, key) and not _former_secret_holds(call):
        raise problems.APP_AUTH_FAILED.problem(
            "The MAC holds under no App_Secret of this App_ID: check App_ID, App_Secret, suite and signature base."
        )


def _mac_holds(call: Call, key: MacKey) -> bool:
    try:
        verify_request(call.known_signature, call.request, key)
    except Problem as problem:
        if problem.kind not in (problems.SIGNATURE_INVALID, problems.ALG_NOT_ALLOWED):
            raise
        return False
    return key is not _NOBODYS_SECRET


def _former_secret_holds(call: Call) -> bool:
    """An App_Secret that was renewed serves beside the new one for a while (7.3.4): the answer is MACed with it too."""
    credential = call.credential
    former = call.bank.registry.former_secret(credential.app_id, call.now_ms) if credential is not None else None
    if credential is None or former is None or not _mac_holds(call, former):
        return False
    call.credential = replace(credential, key=former)
    return True


def replay(call: Call) -> None:
    """The nonce serves once, whichever worker takes the call: NONCE_REPLAYED."""
    call.bank.replay.burn_nonce(call.known_signature, call.bank.config.policy.signature_window_s, call.now_s)
