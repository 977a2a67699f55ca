"""Whether this very message comes from the key's holder, unchanged, now, and for the first time (JR/T 0185 7.2.2).

The body's digest is taken from the raw bytes; nothing of the body is parsed before the signature holds. A nonce burns
only after that, else anybody could burn other people's.
"""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.rsa_keys import RsaPublicKey
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import require_coverage, require_fresh, verify_request

_REQUIRED = frozenset({"@method", "@authority", "@path", "x-api-version"})
_REQUIRED_WITH_BODY = _REQUIRED | {"content-digest"}


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
    """It holds under the registered key, which decides the algorithm: SIGNATURE_INVALID, ALG_NOT_ALLOWED."""
    key = call.known_credential.key
    if isinstance(key, RsaPublicKey):
        raise problems.KEY_USAGE_MISMATCH.problem()
    verify_request(call.known_signature, call.request, key)


def replay(call: Call) -> None:
    """The nonce serves once, whichever worker takes the call: NONCE_REPLAYED."""
    signature = call.known_signature
    # Remembered for as long as the message could pass ``freshness`` again.
    until_s = max(signature.created_s, call.now_s) + call.bank.config.policy.signature_window_s
    if not call.bank.replay.burn(f"nonce:{signature.keyid}", signature.nonce, until_s, call.now_s):
        raise problems.NONCE_REPLAYED.problem()
