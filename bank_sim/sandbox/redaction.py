"""What a trace may keep of a message: its form and its public parts, nothing that would open a door.

Applied before anything is written, so that no file ever holds a password, a code, a cookie, a token or an assertion,
nor a person's number or name in clear: of these a reader sees what the bank itself shows of them, masked.
A secret leaves a short fingerprint, by which a reader sees that two messages carry the same one. Pages are told from
machines: of what people type and read, only the names of the fields are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote

from bank_sim.sdk.protocol.masking import mask_account, mask_id_number, mask_name, mask_phone
from bank_sim.sdk.protocol.personal import SENSITIVE_MEMBERS, holds_number
from bank_sim.sdk.protocol.problems import CATALOGUE

Headers = list[tuple[str, str]]

BODY_CHARS_MAX = 16_384
FINGERPRINT_CHARS = 4
_SECRET_WORDS = (
    "password", "passwd", "secret", "otp", "pin", "csrf", "token", "assertion", "verifier", "cookie", "session",
    "private", "activation", "credential", "proof",
)  # fmt: skip
# ``frame`` names an embedded form: whoever knows its address sees the payment.
_SECRET_NAMES = frozenset({"code", "state", "request_uri", "key", "totp", "d", "k", "frame"})
_PUBLIC_NAMES = frozenset({"token_type", "token_type_hint", "client_assertion_type", "token_endpoint"})
# What is called no more than so is as often a product's or an application's.
_OF_PERSONS = SENSITIVE_MEMBERS - {"name"}
_MASKS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("creditor_name", "customer_name", "debtor_name", "holder_name"), mask_name),
    **dict.fromkeys(("id_card", "id_no", "id_number"), mask_id_number),
    **dict.fromkeys(("mobile", "phone", "phone_number"), mask_phone),
    **dict.fromkeys(
        ("account", "account_no", "account_number", "card", "card_no", "card_number", "creditor_account",
         "debtor_account"), mask_account,
    ),
}  # fmt: skip
_CHOICES = frozenset({"by", "decision", "lang", "method", "factor", "agree", "notice", "device", "step"})
"""Fields of pages in which a user chooses from what is offered: the choice is no secret."""

_ADDRESSES = frozenset({"location", "referer", "content-location"})
_COOKIES = frozenset({"cookie", "set-cookie"})
_STATE = re.compile(r"[a-z][a-z_]{0,31}")
# An address as the value of a member: its query is judged by the names in it.
_WITH_QUERY = re.compile(r"https?://[^?\s]*\?\S*")
# What a JSON schema says of a member, which is no member's value.
_SCHEMA_WORDS = frozenset(
    {"$ref", "allOf", "const", "description", "enum", "example", "format", "items", "maxLength", "minLength", "pattern",
     "title", "type"}
)  # fmt: skip
# Six digits and more that are neither part of an amount nor of a longer number: a one-time code in a text.
_CODE = re.compile(r"(?<!\d)(?<!\d\.)\d{6,10}(?!\d|\.\d)")
_TITLE = re.compile(rb"<title>([^<]{0,200})</title>")


def is_secret(name: str) -> bool:
    """Whether a member, field or parameter of this name must not be kept."""
    name = name.lower()
    if name in _PUBLIC_NAMES:
        return False
    return name in _SECRET_NAMES or any(word in name for word in _SECRET_WORDS)


def withheld(value: str) -> str:
    """A secret's place holder: the same for the same secret, and too short to search for it."""
    return f"<withheld {sha256(value.encode(errors='replace')).hexdigest()[:FINGERPRINT_CHARS]}>"


def masked(name: str, value: str) -> str:
    """What tells of a person, as far as it may be shown; anything else as it is."""
    if name.lower() in _OF_PERSONS:
        return _MASKS.get(name.lower(), withheld)(value)
    return withheld(value) if holds_number(value) else value


def headers(raw: list[tuple[bytes, bytes]]) -> Headers:
    """Header lines in their order, with what is secret in them withheld."""
    return [_header(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]


def _header(name: str, value: str) -> tuple[str, str]:
    lower = name.lower()
    if lower == "authorization":
        scheme, blank, credentials = value.partition(" ")
        return name, f"{scheme} {withheld(credentials)}" if blank else withheld(value)
    if lower in _COOKIES:
        cookie, equals, rest = value.partition("=")
        if not equals:
            return name, withheld(value)
        secret, _, attributes = rest.partition(";")
        more = f";{attributes}" if attributes and lower == "set-cookie" else ""
        return name, f"{cookie}={withheld(secret)}{more}"
    if lower in _ADDRESSES:
        return name, target(value)
    return name, withheld(value) if is_secret(lower) else value


def target(address: str) -> str:
    """A path or URL whose secret query parameters are withheld."""
    path, mark, query = address.partition("?")
    return f"{path}?{_pairs(query, keep=lambda name: not is_secret(name))}" if mark else address


def machine_body(content_type: str, body: bytes) -> str:
    """The body of a call between machines, members and all; secret ones withheld. Longer ones are cut short."""
    text = body.decode(errors="replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        return _pairs(text, keep=lambda name: not is_secret(name))[:BODY_CHARS_MAX]
    if "json" in content_type:
        try:
            return json.dumps(_members(json.loads(text)), ensure_ascii=False)[:BODY_CHARS_MAX]
        except (ValueError, RecursionError):
            return f"<{len(body)} bytes that are no JSON>"
    return "" if not body else f"<{len(body)} bytes of {content_type or 'no declared type'}>"


def members(fields: dict[str, Any]) -> dict[str, Any]:
    """What a sealed part holds, secret members withheld."""
    return {name: _member(name, value) for name, value in fields.items()}


def page_body(content_type: str, body: bytes) -> str:
    """What a browser and a page exchange: the names of fields, not what was typed or shown."""
    text = body.decode(errors="replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        return _pairs(text, keep=lambda name: name in _CHOICES)[:BODY_CHARS_MAX]
    if "json" in content_type:
        try:
            names = list(json.loads(text))
        except (ValueError, TypeError, RecursionError):
            names = []
        return f"<JSON with {', '.join(str(each) for each in names if isinstance(each, str)) or 'no names'}>"
    return "" if not body else f"<{len(body)} bytes of {content_type.partition(';')[0] or 'no declared type'}>"


def page_title(body: bytes) -> str:
    """The title of an HTML page; "" where it has none."""
    found = _TITLE.search(body[:4096])
    return found[1].decode(errors="replace").strip() if found else ""


def message_text(text: str) -> str:
    """A message to a phone without the code in it."""
    return _CODE.sub(lambda found: "•" * len(found[0]), text)


def _pairs(query: str, keep: Callable[[str], bool]) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return "&".join(
        f"{quote(name)}={quote(masked(name, value), safe=':/*') if keep(name) else withheld(value)}"
        for name, value in pairs
    )


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _member(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_members(each) for each in value]
    return _text("", value) if isinstance(value, str) else value


def _text(name: str, value: str) -> str:
    return target(value) if _WITH_QUERY.fullmatch(value) else masked(name, value)


def _member(name: str, value: Any) -> Any:
    # Whatever a caller makes of a secret, a number, a list or an object, is withheld; a schema of one is none.
    if not is_secret(name) or (isinstance(value, dict) and _SCHEMA_WORDS.issuperset(value)):
        return _text(name, value) if isinstance(value, str) else _members(value)
    text = value if isinstance(value, str) else json.dumps(value)
    # A refusal's code is the catalogue's and a transfer's state its own; those of an authorization are secrets.
    harmless = (name == "state" and _STATE.fullmatch(text)) or (name == "code" and text in CATALOGUE)
    return value if harmless and isinstance(value, str) else withheld(text)
