"""The access record of one call (JR/T 0185 7.3.3, 12.3): who, what, when, how long, with which outcome and evidence.

Every call leaves one, refused ones included. Nothing sensitive may enter: no query, no body, no token; a run of digits
in a path, where a careless client could put an account number, is masked.
"""

from __future__ import annotations

import time

from bank_sim.audit import UNKNOWN, AccessRecord
from bank_sim.edge.refusals import shown_path
from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol.trace_context import HEADER, read_traceparent

_CHARS_MAX = 256
_EVIDENCE_CHARS_MAX = 2048


def record_of(call: Call, status: int, code: str | None = None) -> AccessRecord:
    """The record as of now. ``code``: of the refusal, None for success."""
    api, consent = call.api, call.consent if "consent" in call.__dict__ else None
    signature = call.signature
    return AccessRecord(
        trace_id=call.trace_id,
        at_ms=call.now_ms,
        method=call.method[:_CHARS_MAX],
        path=shown_path(call.path),
        source=call.source,
        elapsed_us=(time.perf_counter_ns() - call.received_ns) // 1000,
        status=status,
        result="success" if code is None else "failure",
        app_id=call.application.app_id if call.application is not None else None,
        api_id=api.api_id if api is not None else None,
        u_api_id=api.u_api_id if api is not None else UNKNOWN,
        level=api.level if api is not None else UNKNOWN,
        code=code,
        consent_id=consent.consent_id if consent is not None else None,
        customer_ref=consent.customer_id if consent is not None else None,
        key_id=signature.keyid if signature is not None else None,
        nonce=signature.nonce if signature is not None else None,
        content_digest=_header(call, "content-digest", _CHARS_MAX),
        signature=_evidence(call),
        weakened=" ".join(sorted(call.weakened)),
        fault=" ".join(each.name for each in call.strikes),
        traceparent=context.header() if (context := read_traceparent(call.headers.get(HEADER))) else None,
    )


def _evidence(call: Call) -> str | None:
    """Signature-Input and Signature as they came: with the digest, what the sender cannot deny."""
    if call.signature is None:
        return None
    return f"{call.headers['signature-input']} {call.headers['signature']}"[:_EVIDENCE_CHARS_MAX]


def _header(call: Call, name: str, chars_max: int) -> str | None:
    value = call.headers.get(name)
    return value[:chars_max] if value is not None else None
