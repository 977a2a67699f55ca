"""``traceparent`` is read as W3C Trace Context has it, and what is malformed might as well not have come."""

from __future__ import annotations

import pytest

from bank_sim.sdk.protocol.trace_context import TraceContext, read_traceparent
from bank_sim.sdk.tracing import untraced

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("value", "sampled"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-00", False),
        (f"00-{TRACE}-{SPAN}-03", True),
        (f"cc-{TRACE}-{SPAN}-01", True),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", True),
    ],
)
def test_what_is_well_formed_is_read(value: str, sampled: bool) -> None:
    assert read_traceparent(value) == TraceContext(TRACE, SPAN, sampled)


@pytest.mark.parametrize(
    "value",
    [
        None, "", "00", TRACE,
        f"00-{TRACE}-{SPAN}", f"00-{TRACE}-{SPAN}-01-more", f"00-{TRACE}-{SPAN}-1", f"00-{TRACE}-{SPAN}-0x",
        f"ff-{TRACE}-{SPAN}-01", f"00-{TRACE.upper()}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f" 00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01\n", f"00-{TRACE[:-1]}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01more",
        f"cc-{TRACE}-{SPAN}-01-{'x' * 300}", "6222020200112230001",
    ],
)  # fmt: skip
def test_what_is_malformed_did_not_come(value: str | None) -> None:
    assert read_traceparent(value) is None


def test_each_message_of_an_untraced_party_has_a_trace_of_its_own_that_nobody_records() -> None:
    with untraced("rates.list") as first, untraced("rates.list") as second:
        contexts = [read_traceparent(each) for each in (first, second)]
    assert all(each is not None and not each.sampled for each in contexts)
    assert first != second
