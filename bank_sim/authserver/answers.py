"""How an OAuth endpoint answers: RFC 6749's JSON, never cached, signed and bound when the request was signed.

Errors carry the standard members, so that any OAuth client understands them, and beside them our ``code`` and
``trace_id``. The one place where a ``Problem`` becomes an OAuth error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Response

from bank_sim.authserver.call import OAuthCall
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.problems import Kind, Problem
from bank_sim.sdk.protocol.signatures import sign_answer

# RFC 6749 sections 4.1.2.1 and 5.2, RFC 9396 section 5.
_STANDARD = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "invalid_scope",
        "invalid_authorization_details",
    }
)
_SAID_AS: dict[Kind, str] = {
    **dict.fromkeys(
        (
            problems.CONSENT_REQUIRED,
            problems.CONSENT_REVOKED,
            problems.CONSENT_EXPIRED,
            problems.GRANT_CONSUMED,
            problems.API_SERVICES_CLOSED,
            problems.SESSION_REQUIRED,
            problems.SESSION_EXPIRED,
            problems.SECOND_FACTOR_REQUIRED,
            problems.LOGIN_FAILED,
            problems.OTP_INVALID,
            problems.OTP_EXPIRED,
            problems.KEYPAD_INVALID,
            problems.FACTOR_NOT_ENROLLED,
            problems.APPROVAL_PENDING,
            problems.APPROVAL_DECLINED,
            problems.APPROVAL_EXPIRED,
            problems.STEP_UP_REQUIRED,
        ),
        "invalid_grant",
    ),
    **dict.fromkeys(
        (
            problems.CONSENT_PERIOD_REQUIRED,
            problems.API_NOT_GRANTED,
            problems.RECONSENT_REQUIRED,
            problems.RESOURCE_NOT_AUTHORIZED,
            problems.TRANSFER_STATE,
            problems.TRANSFER_EXPIRED,
            problems.PAYEE_MISMATCH,
            problems.ACCOUNT_NOT_USABLE,
            problems.AMOUNT_INVALID,
            problems.SEALED_MALFORMED,
            problems.DECRYPT_FAILED,
        ),
        "invalid_authorization_details",
    ),
    problems.APP_LEAVING: "unauthorized_client",
    **dict.fromkeys((problems.NONCE_REPLAYED, problems.KEY_USAGE_MISMATCH, problems.ALG_NOT_ALLOWED), "invalid_client"),
}
# RFC 6749 section 5.2: what error_description may not contain.
_NOT_DESCRIPTIVE = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


def success(call: OAuthCall, status: int, document: dict[str, Any] | None) -> Response:
    """200 or 201 with a document, or an empty 200."""
    return _answer(call, status, strict_json.dump(document) if document is not None else b"", signed=True)


def refusal(call: OAuthCall, problem: Problem) -> Response:
    """The OAuth error response of a refusal."""
    document = {
        "error": oauth_error(problem.kind),
        "error_description": _NOT_DESCRIPTIVE.sub("'", problem.detail or problem.kind.title),
        "code": problem.code,
        "trace_id": call.trace_id,
    }
    hints = {"retry-after": str(problem.members["retry_after_s"])} if "retry_after_s" in problem.members else {}
    return _answer(call, oauth_status(problem.kind), strict_json.dump(document), hints, signed=call.proven)


def oauth_error(kind: Kind) -> str:
    """The error code of RFC 6749 that says it to a standard client."""
    if kind.code in _STANDARD:
        return kind.code
    if kind in _SAID_AS:
        return _SAID_AS[kind]
    if kind.status in (408, 429, 503):
        return "temporarily_unavailable"
    if kind.status >= 500:
        return "server_error"
    # What is left with these statuses speaks of who sent the message: keys, certificates, signatures, suspension.
    return "invalid_client" if kind.status in (401, 403) else "invalid_request"


def oauth_status(kind: Kind) -> int:
    """400 for all but a client that could not be authenticated (401) and what is not the client's fault."""
    if kind.status >= 500 or kind.status in (408, 413, 429):
        return kind.status
    return problems.OAUTH_INVALID_CLIENT.status if oauth_error(kind) == "invalid_client" else 400


def _answer(
    call: OAuthCall, status: int, body: bytes, hints: Mapping[str, str] = MappingProxyType({}), *, signed: bool
) -> Response:
    headers = {"cache-control": "no-store", "pragma": "no-cache", "x-trace-id": call.trace_id, **hints}
    if body:
        headers["content-type"] = "application/json"
    if signed and call.is_signed:
        headers |= _signature(call, call.client.suite, status, body)
    return Response(body, status, headers)


def _signature(call: OAuthCall, suite: str, status: int, body: bytes) -> dict[str, str]:
    """The bank's signature with its key of the application's suite, over this answer to this very request.

    Before the application is proven nothing is signed: the suite, and that there is a signature, would tell strangers
    that the App_ID exists, at the bank's expense.
    """
    key = call.bank.keys.signing(suite)
    digest = {"content-digest": content_digest(suite, body)} if body else {}
    request_signature = call.message.headers.get("signature")
    return digest | sign_answer(status, digest, request_signature, key, key.kid, int(call.bank.clock.now_s()))
