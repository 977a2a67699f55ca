"""Message signatures: this wire's profile of RFC 9421, for requests and for the answers bound to them.

The profile fixes what a signature must cover, so that signing costs microseconds beyond the cryptography. Whether a
nonce was used before and whose key a keyid names are the verifier's to know: nothing here keeps state or reads a clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import (
    ALG_NOT_ALLOWED,
    ANSWER_UNSIGNED,
    RESPONSE_BINDING_FAILED,
    SIGNATURE_COVERAGE,
    SIGNATURE_INVALID,
    SIGNATURE_MALFORMED,
    TIMESTAMP_EXPIRED,
    Problem,
)
from bank_sim.sdk.protocol.signature_base import Answer, Request, quoted, signature_base
from bank_sim.sdk.protocol.signature_headers import (
    ReceivedSignature,
    read_member,
    read_signature,
    write_headers,
    write_params,
)

PROFILE = (
    "@method",
    "@authority",
    "@path",
    "@query",
    "content-digest",
    "authorization",
    "idempotency-key",
    "x-api-version",
    "x-sdk-build",
    "x-user-present",
)
"""What a request's signature covers, in this order, as far as the request has it."""

_ALWAYS = frozenset({"@method", "@authority", "@path"})
_RAW_SM2_SIGNATURE_BYTES = 64
_BINDING_HINT_CHARS = 32


def sign_request(request: Request, key: PrivateKey | MacKey, keyid: str, created_s: int, nonce: str) -> dict[str, str]:
    """The headers ``signature-input`` and ``signature`` over every component of the profile that the request has.

    A body's ``content-digest`` must stand among the headers already; ``nonce`` must be fresh for each request.
    """
    return _signed(_profile_of(request), request, key, keyid, created_s, nonce)


def require_coverage(signature: ReceivedSignature, request: Request, required: frozenset[str]) -> None:
    """``SIGNATURE_COVERAGE`` unless all that the profile finds in the request, and all of ``required``, is covered."""
    missing = (required.union(_profile_of(request))).difference(signature.components)
    if missing:
        raise SIGNATURE_COVERAGE.problem(f"The signature must also cover {' '.join(map(quoted, sorted(missing)))}.")


def require_fresh(signature: ReceivedSignature, now_s: float, window_s: float) -> None:
    """``TIMESTAMP_EXPIRED`` when ``created`` lies outside the window around now, or ``expires`` is past."""
    if abs(now_s - signature.created_s) > window_s:
        raise TIMESTAMP_EXPIRED.problem(
            f"created must lie within {window_s:.0f} s of the verifier's clock.", verifier_time_s=int(now_s)
        )
    if signature.expires_s is not None and now_s > signature.expires_s:
        raise TIMESTAMP_EXPIRED.problem("The signature has expired by its own expires.")


def verify_request(signature: ReceivedSignature, request: Request, key: PublicKey | MacKey) -> None:
    """The signature holds under the registered key: ``ALG_NOT_ALLOWED``, ``SIGNATURE_INVALID`` otherwise."""
    if any(";" in component for component in signature.components):
        raise SIGNATURE_MALFORMED.problem("The profile covers whole components of a request, without parameters.")
    _require_holds(signature, request, key)


def sign_answer(
    status: int,
    headers: Mapping[str, str],
    request_signature_header: str | None,
    key: PrivateKey | MacKey,
    keyid: str,
    created_s: int,
) -> dict[str, str]:
    """The signature headers of an answer: over status, body digest, and the very signature of its request.

    The answer's nonce repeats the beginning of the request's signature. Integrity does not rest on it: it lets the
    reader tell an answer to another request from a tampered one.
    """
    answer, hint = _bound(status, headers, request_signature_header)
    components = ["@status", *(["content-digest"] if "content-digest" in headers else [])]
    if answer.bound_component:
        components.append(answer.bound_component)
    return _signed(components, answer, key, keyid, created_s, hint)


def verify_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    request_headers: Mapping[str, str],
    key: PublicKey | MacKey,
) -> ReceivedSignature:
    """Verify an answer and return its signature.

    1. It is signed: ``ANSWER_UNSIGNED``.
    2. It covers status and body digest: ``SIGNATURE_COVERAGE``.
    3. It answers this request, if the request was signed: ``RESPONSE_BINDING_FAILED``.
    4. The signature holds under the bank's key: ``ALG_NOT_ALLOWED``, ``SIGNATURE_INVALID``.
    5. The body is the digest's: ``DIGEST_MISMATCH``.
    """
    if "signature" not in headers or "signature-input" not in headers:
        raise ANSWER_UNSIGNED.problem()
    signature = read_signature(headers)
    missing = {"@status", *(["content-digest"] if body else [])}.difference(signature.components)
    if missing:
        raise SIGNATURE_COVERAGE.problem(f"The answer's signature does not cover {' '.join(sorted(missing))}.")
    answer, hint = _bound(status, headers, request_headers.get("signature"))
    if answer.bound_component and (answer.bound_component not in signature.components or signature.nonce != hint):
        raise RESPONSE_BINDING_FAILED.problem()
    _require_holds(signature, answer, key)
    require_digest(headers.get("content-digest"), body, key.suite)
    return signature


def _profile_of(request: Request) -> list[str]:
    headers = request.headers
    return [name for name in PROFILE if name in _ALWAYS or name in headers or (name == "@query" and request.query)]


def _signed(
    components: Sequence[str],
    message: Request | Answer,
    key: PrivateKey | MacKey,
    keyid: str,
    created_s: int,
    nonce: str,
) -> dict[str, str]:
    params_text = write_params(components, created_s, nonce, keyid)
    base = signature_base(components, message, params_text)
    return write_headers(params_text, key.sign(base) if isinstance(key, PrivateKey) else key.mac(base))


def _require_holds(signature: ReceivedSignature, message: Request | Answer, key: PublicKey | MacKey) -> None:
    if signature.alg is not None and signature.alg != key.signature_algorithm:
        raise ALG_NOT_ALLOWED.problem(f"The key's algorithm is {key.signature_algorithm}.")
    base = signature_base(signature.components, message, signature.params_text)
    if not key.verify(signature.value, base):
        raise SIGNATURE_INVALID.problem(_encoding_hint(signature.value, key.signature_algorithm))


def _encoding_hint(value: bytes, algorithm: str) -> str | None:
    """What an integrator most often has wrong: the form of the signature, which is no secret."""
    if algorithm == "sm2-sm3" and len(value) == _RAW_SM2_SIGNATURE_BYTES:
        return "sm2-sm3 signatures are DER SEQUENCE {r, s} here; this is 64 bytes long, as raw r||s would be."
    if algorithm == "ecdsa-p256-sha256" and value[:1] == b"\x30" and len(value) != _RAW_SM2_SIGNATURE_BYTES:
        return "ecdsa-p256-sha256 signatures are 64 raw bytes r||s (RFC 9421 section 3.3.4); this looks like DER."
    return None


def _bound(status: int, headers: Mapping[str, str], request_signature_header: str | None) -> tuple[Answer, str]:
    """The answer with the request's signature as a component of its own, and the hint at it for the nonce."""
    try:
        label, value = read_member(request_signature_header)
    except Problem:
        return Answer(status, headers), "unbound"
    return Answer(status, headers, f'signature;req;key="{label}"', value), value[1 : 1 + _BINDING_HINT_CHARS]
