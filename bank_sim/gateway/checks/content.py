"""Whether what the message says is what the interface takes (JR/T 0185 7.2.2): parameters, members, sealed fields."""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.gateway.opening import open_fields
from bank_sim.gateway.shapes import require_members, require_parameters
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import parse_fen
from bank_sim.sdk.protocol.free_text import require_plain_text
from bank_sim.sdk.protocol.personal import SENSITIVE_MEMBERS, holds_number

_FREE_TEXT = ("purpose",)
_IDEMPOTENCY_KEY_CHARS_MAX = 128


def parameters(call: Call) -> None:
    """Path and query are of the interface's shape: PARAM_INVALID."""
    api = call.known_api
    if api.parameters:
        require_parameters(call.parameters, api.path_parameters, "path")
    if call.query:
        if api.query is None:
            raise problems.PARAM_INVALID.problem("This interface takes no query.")
        require_parameters(call.query_parameters, api.query, "query")


def strict_json(call: Call) -> None:
    """The body is one JSON object with one meaning: JSON_INVALID, JSON_DUPLICATE_MEMBER, JSON_TOO_DEEP, JSON_FLOAT."""
    _ = call.document


def plaintext_fields(call: Call) -> None:
    """Nothing sensitive in clear, in the body, the query or free text: PLAINTEXT_SENSITIVE_FIELD."""
    named = SENSITIVE_MEMBERS.intersection(call.document) or (
        SENSITIVE_MEMBERS.intersection(call.query_parameters) if call.query else ()
    )
    for member in sorted(named):
        raise problems.PLAINTEXT_SENSITIVE_FIELD.problem(f"{member} must travel in sealed.")
    for member in _FREE_TEXT:
        text = call.document.get(member)
        if isinstance(text, str) and holds_number(text):
            raise problems.PLAINTEXT_SENSITIVE_FIELD.problem(f"{member} holds an account, identity or phone number.")


def schema(call: Call) -> None:
    """The body has the interface's members and no others.

    UNKNOWN_MEMBER, PARAM_INVALID, SEALED_REQUIRED, AMOUNT_INVALID.
    """
    api = call.known_api
    if api.request is None:
        if call.body:
            raise problems.PARAM_INVALID.problem("This interface takes no body.")
        return
    if not call.body:
        raise problems.PARAM_INVALID.problem("The body is missing.")
    if api.sealed_request is not None and "sealed" not in call.document:
        raise problems.SEALED_REQUIRED.problem()
    require_members(call.document, api.request, "body")
    for member in _FREE_TEXT:
        if (text := call.document.get(member)) is not None:
            require_plain_text(member, text)
    if "amount" in call.document:
        parse_fen(call.document["amount"])


def sealing_context(call: Call) -> None:
    """The sealed fields open, and were sealed for this call: as ``open_fields`` refuses."""
    if call.known_api.sealed_request is not None:
        call.opened = open_fields(call, call.seal_context("request"))


def idempotency_key(call: Call) -> None:
    """An interface that moves money is told which request it repeats: IDEMPOTENCY_KEY_REQUIRED, HEADER_INVALID."""
    if not call.known_api.idempotent:
        return
    key = call.headers.get("idempotency-key", "")
    if not key:
        raise problems.IDEMPOTENCY_KEY_REQUIRED.problem()
    if len(key) > _IDEMPOTENCY_KEY_CHARS_MAX:
        raise problems.HEADER_INVALID.problem(f"Idempotency-Key has at most {_IDEMPOTENCY_KEY_CHARS_MAX} characters.")
