"""PEM armour (RFC 7468) around one DER value. It knows the armour only, not what the DER means."""

from __future__ import annotations

import re
import textwrap

from bank_sim.sdk.protocol.strict_base64 import from_base64, to_base64

_PEM = re.compile(rb"\s*-----BEGIN ([A-Z ]{1,40})-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----\s*")
_LINE_CHARS = 64
PEM_BYTES_MAX = 16 * 1024


def to_pem(label: str, der: bytes) -> bytes:
    """``der`` in lines of 64 characters between BEGIN and END of ``label``."""
    lines = textwrap.wrap(to_base64(der), _LINE_CHARS)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode("ascii")


def from_pem(label: str, pem: bytes) -> bytes:
    """The DER of a PEM text that holds one value of this label and nothing else; ``ValueError`` otherwise."""
    match = _PEM.fullmatch(pem) if len(pem) <= PEM_BYTES_MAX else None
    if match is None or match[1].decode("ascii") != label:
        raise ValueError(f"not one PEM value of {label}")
    return from_base64(b"".join(match[2].split()).decode("ascii"))
