"""What one message says to whoever reads it off the wire: its signatures, its clear part, and how much is sealed.

Nothing is invented: every value stands in the message itself, or, for the names of sealed members, in the bank's
published catalogue. Tokens and signatures are shortened; what is sealed stays sealed, since nobody here has a key.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signature_headers import parse_signature

if TYPE_CHECKING:
    from bank_sim.registry.api import Api
    from bank_sim.registry.catalogue import Catalogue
    from scenarios.wire import Message

SHOWN_CHARS = 24
_SECRET = frozenset(
    {"client_assertion", "code_verifier", "refresh_token", "access_token", "token", "request_uri", "authorization_code"}
)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, how strong, and what is covered."""

    keyid: str
    kind: str
    covered: tuple[str, ...]
    created_s: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Half:
    """A request or an answer. ``clear``: members that the wire reads; ``sealed``: the JWE's length and beginning."""

    signature: Signature | None
    digest: str | None
    clear: dict[str, Any]
    sealed_chars: int
    sealed_shown: str
    sealed_members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One exchange as read off the wire."""

    method: str
    path: str
    api_id: str | None
    level: str | None
    status: int
    code: str | None
    trace_id: str | None
    request: Half
    answer: Half

    def evidence(self) -> dict[str, Any]:
        """The reading as a report keeps it."""
        return asdict(self)


def read(message: Message) -> Reading:
    """Read one recorded exchange."""
    request, answer = message.request, message.answer
    api = _api(request.method, request.url.path)
    answered = _members(answer.headers, answer.content)
    return Reading(
        method=request.method,
        path=request.url.raw_path.decode().partition("?")[0],
        api_id=api.api_id if api else None,
        level=api.level if api else None,
        status=answer.status_code,
        code=answered.get("code") if answer.is_error else None,
        trace_id=answered.get("trace_id") if answer.is_error else answer.headers.get("x-trace-id"),
        request=_half(request.headers, _members(request.headers, message.body), api.sealed_request if api else None),
        answer=_half(answer.headers, answered, api.sealed_answer if api else None),
    )


def _half(headers: httpx.Headers, members: dict[str, Any], sealed_shape: type[Any] | None) -> Half:
    sealed = members.get("sealed")
    sealed = sealed if isinstance(sealed, str) else ""
    return Half(
        signature=_signature(headers),
        digest=headers.get("content-digest"),
        clear={name: _shown(name, value) for name, value in members.items() if name != "sealed"},
        sealed_chars=len(sealed),
        sealed_shown=sealed[:SHOWN_CHARS],
        sealed_members=tuple(sealed_shape.__struct_fields__) if sealed and sealed_shape else (),
    )


def _signature(headers: httpx.Headers) -> Signature | None:
    try:
        found = parse_signature(headers)
    except Problem:
        return None
    kind = "App_Secret (HMAC)" if found.keyid.endswith(".secret") else "private key"
    return Signature(found.keyid, kind, found.components, found.created_s, found.nonce)


def _members(headers: httpx.Headers, body: bytes) -> dict[str, Any]:
    """The members of a JSON object or of a form; nothing for any other body."""
    kind = headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(body.decode(errors="replace")))
        # RFC 6749 calls it "code", as a problem calls its own; only this one is a secret.
        return {("authorization_code" if name == "code" else name): value for name, value in form.items()}
    try:
        parsed = json.loads(body) if "json" in kind else {}
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _shown(name: str, value: Any) -> Any:
    """A member as it may be shown: what would be worth stealing is cut short."""
    if name in _SECRET and isinstance(value, str):
        return f"{value[:6]}…"
    return value


def _api(method: str, path: str) -> Api | None:
    route = _catalogue().find(path)
    return route.methods.get(method) if route else None


@cache
def _catalogue() -> Catalogue:
    from bank_sim.registry.catalogue import catalogue_of
    from bank_sim.registry.published import INSTITUTION

    return catalogue_of(INSTITUTION)
