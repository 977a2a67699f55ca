"""Why a signature may not hold: the usual mistakes of signing programs, tried one after the other.

Each suspicion is a signature base, an encoding or a reading of App_Secret that is wrong here and common elsewhere. The
one under which the signature does hold explains it. Nothing is accepted for that: this only tells what to mend.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signature_base import Request, signature_base
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature
from bank_sim.sdk.protocol.strict_base64 import from_base64url
from bank_sim.sdk.protocol.suites import GM, INTL, digest

_FIELD_BYTES = 32
_RAW_BYTES = 2 * _FIELD_BYTES
SUSPICIONS = (
    "trailing_newline",
    "crlf",
    "no_port",
    "scheme",
    "query_mark",
    "decoded_path",
    "lower_method",
    "bare_names",
    "no_params_line",
    "labelled_params",
    "hashed_first",
    "hex_hash",
    "encoding",
    "hex_value",
    "secret_for_key",
    "decoded_secret",
    "other_suite",
)
"""Every name that ``suspicion`` may return."""


def suspicion(
    signature: ReceivedSignature, request: Request, key: PublicKey | MacKey, wrong_keys: Mapping[str, MacKey]
) -> str:
    """The name of the mistake under which the signature holds; "" where none of the usual ones explains it."""
    base = _base(signature, request)
    if not base:
        return ""
    value = signature.value
    for name, changed in _bases(signature, request, base, key.suite):
        if _holds(key, value, changed):
            return name
    if isinstance(key, PublicKey) and _holds(key, _other_encoding(value, key.suite), base):
        return "encoding"
    if _holds(key, _from_hex(value), base):
        return "hex_value"
    return next((name for name, wrong in wrong_keys.items() if _holds(wrong, value, base)), "")


def wrong_readings(suite: str, app_secret: str) -> dict[str, MacKey]:
    """App_Secret as it is often misread: decoded from base64url, with the other suite's hash, or in place of the key.

    The last one is App_Secret itself: a MAC by it explains nothing but a message whose keyid names a key pair.
    """
    other = INTL.name if suite == GM.name else GM.name
    own = app_secret.encode()
    readings = {"secret_for_key": MacKey(suite, own), "other_suite": MacKey(other, own)}
    with suppress(ValueError, Problem):
        readings["decoded_secret"] = MacKey(suite, from_base64url(app_secret))
    return readings


def _bases(signature: ReceivedSignature, request: Request, base: bytes, suite: str) -> Iterator[tuple[str, bytes]]:
    yield "trailing_newline", base + b"\n"
    yield "crlf", base.replace(b"\n", b"\r\n")
    yield "no_port", _base(signature, replace(request, authority=request.authority.partition(":")[0]))
    yield "scheme", base.replace(b'"@authority": ', b'"@authority": https://')
    yield "query_mark", base.replace(b'"@query": ?', b'"@query": ')
    yield "decoded_path", _base(signature, replace(request, path=unquote(request.path)))
    yield "lower_method", _base(signature, replace(request, method=request.method.lower()))
    yield "bare_names", re.sub(rb'(?m)^"([^"\n]+)"(?=[:;])', rb"\1", base)
    yield "no_params_line", base.rpartition(b"\n")[0]
    label = signature.label.encode("ascii")
    yield "labelled_params", base.replace(b'"@signature-params": ', b'"@signature-params": ' + label + b"=")
    yield "hashed_first", digest(suite, base)
    yield "hex_hash", digest(suite, base).hex().encode("ascii")


def _base(signature: ReceivedSignature, request: Request) -> bytes:
    try:
        return signature_base(signature.components, request, signature.params_text)
    except Problem:
        return b""


def _holds(key: PublicKey | MacKey, value: bytes, base: bytes) -> bool:
    return bool(base) and bool(value) and key.verify(value, base)


def _other_encoding(value: bytes, suite: str) -> bytes:
    """The same two numbers, encoded as the suite wants them; empty where they are not the other encoding."""
    to: Callable[[bytes], bytes] = _to_der if suite == GM.name else _to_raw
    try:
        return to(value)
    except (ValueError, OverflowError):
        return b""


def _from_hex(value: bytes) -> bytes:
    """The signature that was written as hexadecimal text before it was encoded; empty where it was not."""
    try:
        return bytes.fromhex(value.decode("ascii"))
    except ValueError:
        return b""


def _to_der(value: bytes) -> bytes:
    if len(value) != _RAW_BYTES:
        return b""
    r, s = (int.from_bytes(half, "big") for half in (value[:_FIELD_BYTES], value[_FIELD_BYTES:]))
    return encode_dss_signature(r, s)


def _to_raw(value: bytes) -> bytes:
    r, s = decode_dss_signature(value)
    return r.to_bytes(_FIELD_BYTES, "big") + s.to_bytes(_FIELD_BYTES, "big")
