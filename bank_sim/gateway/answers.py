"""An answer as bytes: JSON or problem+json, its digest, and the signature that binds it to its request.

As soon as the caller's key is known every answer is signed, refusals included, by the bank's key of the application's
suite; only the refusal of a signature that fails is not, for what costs its sender nothing must not cost the bank a
signature. Where the caller used App_Secret the answer is MACed with it, and not before its MAC held: else anybody
could have the bank compute with the secrets of others, and learn who has one. Before that there is nobody to sign to.
Problems are rendered here and nowhere else, without a word on servers, files or SQL (JR/T 0185 7.1-7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import msgspec

from bank_sim.gateway.call import Call
from bank_sim.gateway.discretion import told_beside
from bank_sim.registry.lives import Life
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signatures import sign_answer

Signer = tuple[PrivateKey | MacKey, str]

_JSON = "application/json"
_PROBLEM = "application/problem+json"
_UNAUTHORIZED = 401
_FAILED_PROOF = frozenset({problems.SIGNATURE_INVALID, problems.ALG_NOT_ALLOWED})


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes


def success(call: Call, members: dict[str, Any], status: int | None = None) -> Answer:
    """The interface's answer, signed; ``status`` where it is not the interface's usual one."""
    return signed(call, status or call.known_api.status, _headers(call, _JSON), msgspec.json.encode(members))


def refusal(call: Call, problem: Problem, error: Exception | None = None) -> Answer:
    """The problem, signed if there is somebody to sign to. Hints for HTTP are its extension members.

    ``error``: what broke, where it is the bank's own defect.
    """
    headers = _headers(call, _PROBLEM)
    if problem.kind.status == _UNAUTHORIZED:
        # RFC 9110 section 11.6.1 wants a challenge with every 401.
        bearer = problem.kind.code.startswith("TOKEN_")
        headers["www-authenticate"] = 'Bearer error="invalid_token"' if bearer else "Signature"
    if "allow" in problem.members:
        headers["allow"] = ", ".join(problem.members["allow"])
    if "retry_after_s" in problem.members:
        headers["retry-after"] = str(problem.members["retry_after_s"])
    document = problem.document(call.trace_id) | told_beside(error or problem, call.weakened)
    status, body = problem.kind.status, msgspec.json.encode(document)
    return signed(call, status, headers, body) if _is_heard(call, problem) else Answer(status, headers, body)


def _headers(call: Call, content_type: str) -> dict[str, str]:
    headers = {"content-type": content_type, "cache-control": "no-store", "x-trace-id": call.trace_id}
    version = call.headers.get("x-api-version")
    if call.api is not None and call.api.version == version:
        headers["x-api-version"] = version
    if call.passed is not None:
        headers |= call.passed.headers()
    if call.life is not None and call.life.deprecated_ms is not None:
        headers |= _end_of(call.life, call.bank.config.portal_url)
    return headers


def _end_of(life: Life, portal_url: str) -> dict[str, str]:
    """When the version was deprecated, when it ends, and where that stands (RFC 9745 section 2, RFC 8594 section 3)."""
    headers = {
        "deprecation": f"@{(life.deprecated_ms or 0) // 1000}",
        "link": f'<{portal_url}/notices>; rel="deprecation"; type="text/html"',
    }
    if life.sunset_ms is not None:
        headers["sunset"] = format_datetime(datetime.fromtimestamp(life.sunset_ms // 1000, UTC), usegmt=True)
    return headers


def _is_heard(call: Call, problem: Problem) -> bool:
    """Whether there is somebody to sign this refusal to."""
    if call.credential is None:
        return False
    return call.proven if call.claims_secret else problem.kind not in _FAILED_PROOF


def signed(
    call: Call, status: int, headers: dict[str, str], body: bytes, signer: Signer | None = None, skew_s: int = 0
) -> Answer:
    """With digest and signature. ``signer`` and ``skew_s`` are for faults: another's key, a clock that is off."""
    key, keyid = signer or signer_of(call)
    headers["content-digest"] = content_digest(call.known_application.suite, body)
    headers |= sign_answer(status, headers, call.headers.get("signature"), key, keyid, int(call.now_s) + skew_s)
    return Answer(status, headers, body)


def signer_of(call: Call) -> Signer:
    """The key that answers this call, and its name."""
    credential = call.known_credential
    if isinstance(credential.key, MacKey):
        return credential.key, credential.keyid
    key = call.bank.keys.signing(call.known_application.suite)
    return key, key.kid
