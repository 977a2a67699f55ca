"""Where the users' phones call: JSON in, JSON out, every message signed by the phone's key (JR/T 0185 10.2.2).

    POST /device/activations  {activation_code, public_key, name, signature}   -> {device_id}
    POST /device/approvals    {device_id, at_ms, signature}                    -> {statements: […]}
    POST /device/decisions    {device_id, decision, statement, signature}      -> {}

``sdk/device.py`` is the other end. Who a phone belongs to, and what its word is worth, identity decides.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import msgspec
from flask import Response, make_response

from bank_sim.ebank.factor_texts import FACTOR_WORDS
from bank_sim.ebank.visit import Visit
from bank_sim.identity import DeviceWord
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.free_text import require_plain_text
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import from_base64url

_Document = TypeVar("_Document")
_Short = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Signature = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Activation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phone that has made a key, and the code that its owner typed."""

    activation_code: _Short
    public_key: dict[str, str]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    signature: _Signature


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phone that asks what waits for its owner."""

    device_id: _Short
    at_ms: Annotated[int, msgspec.Meta(ge=0)]
    signature: _Signature


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The owner's word on what the phone showed."""

    device_id: _Short
    decision: Literal["approve", "decline"]
    statement: Annotated[str, msgspec.Meta(max_length=2048)]
    signature: _Signature


def activate(visit: Visit) -> Response:
    asked = _document(visit, Activation)
    require_plain_text("name", asked.name)
    notice = "\n".join(_added(fw, asked.name) for fw in FACTOR_WORDS.values())
    device_id = visit.bank.identity.devices.activate(
        asked.activation_code, asked.public_key, asked.name, _bytes(asked.signature), visit.source, notice
    )
    visit.customer_id = visit.bank.identity.devices.owner(device_id)
    return _answer({"device_id": device_id})


def list_waiting(visit: Visit) -> Response:
    asked = _document(visit, Listing)
    statements = visit.bank.identity.devices.waiting(asked.device_id, asked.at_ms, _bytes(asked.signature))
    visit.customer_id = visit.bank.identity.devices.owner(asked.device_id)
    return _answer({"statements": statements})


def decide(visit: Visit) -> Response:
    asked = _document(visit, Word)
    word = DeviceWord(asked.decision, asked.statement, _bytes(asked.signature))
    visit.bank.identity.devices.decide(asked.device_id, word)
    visit.customer_id = visit.bank.identity.devices.owner(asked.device_id)
    return _answer({})


def refused(visit: Visit, problem: Problem) -> Response:
    """The refusal as a phone reads it (RFC 9457)."""
    response = _answer(problem.document(visit.trace_id), problem.kind.status)
    response.mimetype = "application/problem+json"
    return response


def _added(fw: dict[str, str], name: str) -> str:
    return fw["sms_added"].format(kind=fw["named"].format(kind=fw["way_device_key"], label=name))


def _document(visit: Visit, kind: type[_Document]) -> _Document:
    """The body as the document asked for. JSON only, which no form of another site can send."""
    if visit.request.mimetype != "application/json":
        raise problems.MEDIA_TYPE_UNSUPPORTED.problem()
    body = strict_json.parse_object(visit.request.get_data())
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise problems.PARAM_INVALID.problem(reason=str(error)) from error


def _bytes(text: str) -> bytes:
    try:
        return from_base64url(text)
    except ValueError as error:
        raise problems.PARAM_INVALID.problem("signature: base64url without padding.") from error


def _answer(document: dict[str, object], status: int = 200) -> Response:
    response = make_response(strict_json.dump(document), status)
    response.mimetype = "application/json"
    return response
