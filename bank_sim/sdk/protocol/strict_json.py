"""JSON as the wire takes it: one meaning for each text. It knows no schema.

Refused: more than 64 KiB, more than 16 levels, a member twice, fractions, NaN and Infinity, integers that other
languages would round (beyond 2^53 - 1, RFC 8259 section 6), text that is not UTF-8 or holds lone surrogates.
Each ambiguity here is an attack elsewhere: two readers of one message that understand different things.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec

from bank_sim.sdk.protocol.problems import (
    BODY_TOO_LARGE,
    JSON_DUPLICATE_MEMBER,
    JSON_FLOAT,
    JSON_INVALID,
    JSON_TOO_DEEP,
)

BODY_BYTES_MAX = 64 * 1024
DEPTH_MAX = 16
INTEGER_MAX = 2**53 - 1
_INTEGER_CHARS_MAX = len(str(-INTEGER_MAX))

# Possessive, and an unterminated string reaches to the end: no text makes this scan twice over the same bytes.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]{1,64}")
_BRACKET = re.compile(rb"[\[\]{}]")


def parse(body: bytes) -> object:
    """The value of a JSON text. Raises ``Problem`` with the code of the rule that is broken, and nothing else."""
    if len(body) > BODY_BYTES_MAX:
        raise BODY_TOO_LARGE.problem()
    _require_shallow(body)
    try:
        value: object = _DECODER.decode(body.decode("utf-8"))
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise JSON_INVALID.problem("The body is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise JSON_INVALID.problem(f"Not JSON at character {error.pos}: {error.msg}.") from error
    return value


def parse_object(body: bytes) -> dict[str, Any]:
    """Like ``parse``, for a text that must be a JSON object."""
    value = parse(body)
    if not isinstance(value, dict):
        raise JSON_INVALID.problem("The body must be a JSON object.")
    return value


def dump(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    return msgspec.json.encode(value)


def _require_shallow(body: bytes) -> None:
    # A text with few brackets cannot be deep: the usual message pays for two counts only.
    if body.count(b"[") + body.count(b"{") <= DEPTH_MAX:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", body)):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > DEPTH_MAX:
            raise JSON_TOO_DEEP.problem()


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JSON_DUPLICATE_MEMBER.problem(_repeated(pairs))
    return members


def _repeated(pairs: list[tuple[str, Any]]) -> str:
    """Which member it is; what does not look like a name could be anything, and is not repeated to a log."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            return f'The member "{name}" stands twice.' if _NAME.fullmatch(name) else "A member stands twice."
        seen.add(name)
    raise AssertionError("no member stands twice")


def _integer(text: str) -> int:
    if len(text) <= _INTEGER_CHARS_MAX and abs(value := int(text)) <= INTEGER_MAX:
        return value
    raise JSON_INVALID.problem("An integer lies beyond 2^53 - 1; write it as a string.")


def _fraction(_: str) -> NoReturn:
    # Without the text, which could be a card's number and would end in a log.
    raise JSON_FLOAT.problem()


def _constant(name: str) -> NoReturn:
    raise JSON_INVALID.problem(f"{name} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
