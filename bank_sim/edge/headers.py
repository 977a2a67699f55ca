"""The headers of a request by name, and what keeps them from having one meaning. It refuses nothing itself."""

from __future__ import annotations

from collections.abc import Iterable

from bank_sim.sdk.protocol.problems import (
    HEADER_DUPLICATED,
    HEADER_FOLDED,
    HEADER_INVALID,
    SIGNATURE_AMBIGUOUS,
    Problem,
)

# List-valued fields, which RFC 9110 section 5.3 lets a sender split; no check reads them.
_REPEATABLE = frozenset({"accept", "accept-encoding", "accept-language", "cache-control", "cookie", "forwarded", "via"})
_SIGNATURES = frozenset({"signature", "signature-input"})


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> tuple[dict[str, str], Problem | None]:
    """Values by lower-case name, without the blanks around them, and the first fault of the headers if there is one.

    HEADER_DUPLICATED, SIGNATURE_AMBIGUOUS: a name that may stand once stands twice. HEADER_FOLDED: a value continues
    on a second line. HEADER_INVALID: a value is not printable ASCII. Lists that were split are joined as signatures
    cover them (RFC 9421 section 2.1).
    """
    headers: dict[str, str] = {}
    fault = None
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1").strip(" \t")
        if name in headers:
            if name not in _REPEATABLE:
                ambiguous = SIGNATURE_AMBIGUOUS if name in _SIGNATURES else HEADER_DUPLICATED
                fault = fault or ambiguous.problem(f"{name[:64]} stands twice.")
            value = f"{headers[name]}, {value}"
        headers[name] = value
    return headers, fault or _fault_of("".join(headers.values()))


def _fault_of(values: str) -> Problem | None:
    if values.isascii() and values.isprintable():
        return None
    if "\r" in values or "\n" in values:
        return HEADER_FOLDED.problem()
    return HEADER_INVALID.problem("Header values are one line of printable ASCII.")
