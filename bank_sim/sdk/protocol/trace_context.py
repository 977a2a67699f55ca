"""The header ``traceparent``, by which one deed is followed through several parties (W3C Trace Context, level 1).

It identifies a trace, proves nothing, and is covered by no signature: whoever reads it may write it down and must
decide nothing by it. What is malformed is treated as if it had not come (section 3.2.2.3 and 3.2.2.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADER = "traceparent"
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = 1
_OURS, _FORBIDDEN = "00", "ff"
_CHARS_MAX = 256


@dataclass(frozen=True, slots=True)
class TraceContext:
    """``trace_id``: 32, ``span_id``: 16 hex digits, none of them all zero; ``sampled``: somebody records it."""

    trace_id: str
    span_id: str
    sampled: bool = False

    def header(self) -> str:
        """The header's value."""
        return f"{_OURS}-{self.trace_id}-{self.span_id}-{int(self.sampled):02x}"


def read_traceparent(value: str | None) -> TraceContext | None:
    """What the header says; None where it is missing or malformed.

    Of a version that is newer than ours the part that we know is read, as section 3.2.4 has it.
    """
    found = _FORM.fullmatch(value) if value and len(value) <= _CHARS_MAX else None
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == _FORBIDDEN or (version == _OURS and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & _SAMPLED))
