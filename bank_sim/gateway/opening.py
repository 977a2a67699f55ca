"""Opening what an application sealed to the bank. Whether the context is the right one, the caller says."""

from __future__ import annotations

from typing import Any

from bank_sim.gateway.call import Call
from bank_sim.gateway.shapes import require_members
from bank_sim.sandbox.watching import note_opened
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed
from bank_sim.sdk.protocol.strict_base64 import from_base64url


def open_fields(call: Call, context: SealContext) -> dict[str, Any]:
    """The sealed members of the request, of the interface's shape.

    SEALED_MALFORMED, DECRYPT_FAILED, UNKNOWN_MEMBER, PARAM_INVALID.
    """
    sealed = call.document["sealed"]
    fields = open_sealed(sealed, call.bank.keys.opener_of(call.known_application.suite, sealed), context)
    note_opened("request", fields)
    require_members(fields, call.known_api.sealed_request, "sealed")
    return fields


def claimed_context(text: str) -> SealContext:
    """The context that a sealed value claims for itself. Only a bank without ``sealing_context`` believes it."""
    header = strict_json.parse_object(from_base64url(text.partition(".")[0]))
    return SealContext(header["app_id"], header["api_id"], header["dir"], header["nonce"])
