"""The headers Signature-Input and Signature (RFC 9421 section 4), strictly read. Nothing is verified here.

One signature a message, written canonically: the text of its parameters goes into the signature base as received, so
a second spelling of the same structured field would be a second message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bank_sim.sdk.protocol.problems import SIGNATURE_AMBIGUOUS, SIGNATURE_MALFORMED, SIGNATURE_REQUIRED
from bank_sim.sdk.protocol.signature_base import quoted
from bank_sim.sdk.protocol.strict_base64 import from_base64, to_base64

LABEL = "sig1"
HEADER_CHARS_MAX = 2048
_STRING_CHARS_MAX = 128

_KEY = r"[a-z*][a-z0-9_.*-]{0,31}"
_TEXT = r'"[!#-\[\]-~]*"'
_INPUT = re.compile(rf"({_KEY})=(\(([^()]*)\)((?:;[a-z]+=(?:{_TEXT}|[0-9]{{1,12}}))*))")
_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"]*)"|([0-9]+))')
_COMPONENT = re.compile(rf'"(@?[a-z0-9!#$%&\'*+.^_`|~-]+)"((?:;{_KEY}(?:={_TEXT})?)*)')
_SIGNATURE = re.compile(rf"({_KEY})=(:([A-Za-z0-9+/=]*):)")
_SECOND_MEMBER = re.compile(rf"[)\":0-9]\s*,\s*{_KEY}=[(:]")
_NOT_SECONDS = re.compile(r";(?:created|expires)=(?![0-9]{1,12}(?:;|$))")
_INTEGERS = frozenset({"created", "expires"})
_STRINGS = frozenset({"nonce", "keyid", "alg", "tag"})


@dataclass(frozen=True, slots=True)
class ReceivedSignature:
    """A signature as it came. ``params_text`` is the member's value, from the bracket on; absent texts are empty."""

    label: str
    components: tuple[str, ...]
    created_s: int
    nonce: str
    keyid: str
    alg: str | None
    value: bytes
    params_text: str
    expires_s: int | None = None


def read_signature(headers: Mapping[str, str]) -> ReceivedSignature:
    """The one signature of a message under this profile: ``created``, ``nonce`` and ``keyid`` must be there.

    ``SIGNATURE_REQUIRED`` without both headers, ``SIGNATURE_AMBIGUOUS`` with a second signature,
    ``SIGNATURE_MALFORMED`` for all else.
    """
    signature = parse_signature(headers)
    for name, value in (("created", signature.created_s), ("nonce", signature.nonce), ("keyid", signature.keyid)):
        if not value:
            raise SIGNATURE_MALFORMED.problem(f"The signature's parameter {name} is missing.")
    return signature


def parse_signature(headers: Mapping[str, str]) -> ReceivedSignature:
    """The one signature of a message, whatever parameters of RFC 9421 section 2.3 it has."""
    described = _member(_INPUT, headers.get("signature-input"), "Signature-Input")
    label, value_text = read_member(headers.get("signature"))
    if described[1] != label:
        raise SIGNATURE_MALFORMED.problem("Signature-Input and Signature bear different labels.")
    try:
        value = from_base64(value_text[1:-1])
    except ValueError as error:
        raise SIGNATURE_MALFORMED.problem("The signature is not canonical base64.") from error
    parameters = _parameters(described[4])
    return ReceivedSignature(
        label=label,
        components=_components(described[3]),
        created_s=int(parameters.get("created", 0)),
        nonce=parameters.get("nonce", ""),
        keyid=parameters.get("keyid", ""),
        alg=parameters.get("alg"),
        value=value,
        params_text=described[2],
        expires_s=int(parameters["expires"]) if "expires" in parameters else None,
    )


def read_member(header: str | None) -> tuple[str, str]:
    """Label and value (``:base64:``) of a Signature header with one member."""
    member = _member(_SIGNATURE, header, "Signature")
    return member[1], member[2]


def write_params(components: Sequence[str], created_s: int, nonce: str, keyid: str) -> str:
    """The signature's parameters, from the bracket on; the key decides the algorithm, so ``alg`` is not sent."""
    return f'{_inner_list(tuple(components))};created={created_s};nonce="{nonce}";keyid="{keyid}"'


def write_headers(params_text: str, value: bytes) -> dict[str, str]:
    """The two headers of a signature."""
    return {"signature-input": f"{LABEL}={params_text}", "signature": f"{LABEL}=:{to_base64(value)}:"}


def _member(pattern: re.Pattern[str], header: str | None, name: str) -> re.Match[str]:
    if header is None:
        raise SIGNATURE_REQUIRED.problem(f"{name} is missing.")
    if len(header) > HEADER_CHARS_MAX:
        raise SIGNATURE_MALFORMED.problem(f"{name} is longer than {HEADER_CHARS_MAX} characters.")
    match = pattern.fullmatch(header)
    if match is None:
        if _SECOND_MEMBER.search(header):
            raise SIGNATURE_AMBIGUOUS.problem()
        if _NOT_SECONDS.search(header):
            raise SIGNATURE_MALFORMED.problem("created and expires are whole seconds since the epoch, unquoted.")
        raise SIGNATURE_MALFORMED.problem(f"{name} is not one canonically written member.")
    return match


def _parameters(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, string, integer in _PARAMETER.findall(text):
        if name in parameters or name not in (_INTEGERS if integer else _STRINGS):
            raise SIGNATURE_MALFORMED.problem(f"The signature's parameter {name[:32]} is unknown, twice or mistyped.")
        if len(string) > _STRING_CHARS_MAX:
            raise SIGNATURE_MALFORMED.problem(f"The signature's parameter {name} is too long.")
        parameters[name] = integer or string
    return parameters


@lru_cache(maxsize=256)
def _components(text: str) -> tuple[str, ...]:
    """The components of an inner list. Cached, since a client writes the same list in every message."""
    components = []
    for item in text.split(" ") if text else ():
        match = _COMPONENT.fullmatch(item)
        if match is None:
            raise SIGNATURE_MALFORMED.problem("The list of covered components is malformed.")
        components.append(match[1] + match[2])
    if len(set(components)) != len(components):
        raise SIGNATURE_MALFORMED.problem("A component is covered twice.")
    return tuple(components)


@lru_cache(maxsize=256)
def _inner_list(components: tuple[str, ...]) -> str:
    return f"({' '.join(quoted(component) for component in components)})"
