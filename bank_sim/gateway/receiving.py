"""Takes a call off the edge's hands: the facts that lie open, none of them judged yet."""

from __future__ import annotations

from typing import Any

from bank_sim.edge.refusals import new_trace_id
from bank_sim.gateway.call import Call, Gateway
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem

# List-valued fields, which RFC 9110 section 5.3 lets a sender split; no check reads them.
_REPEATABLE = frozenset(
    {b"accept", b"accept-encoding", b"accept-language", b"cache-control", b"cookie", b"forwarded", b"via"}
)
_SIGNATURES = frozenset({b"signature", b"signature-input"})


def receive(gateway: Gateway, environ: dict[str, Any]) -> Call:
    """A call from the edge's WSGI environment (``edge.environ.environ_of``)."""
    headers, fault = _headers(environ["sandbox.raw_headers"])
    method, path = environ["REQUEST_METHOD"], environ["sandbox.raw_path"]
    route = gateway.bank.catalogue.find(path)
    return Call(
        gateway=gateway,
        trace_id=new_trace_id(),
        received_ns=environ["sandbox.received_ns"],
        now_ms=gateway.bank.clock.now_ms(),
        method=method,
        path=path,
        query=environ["QUERY_STRING"],
        headers=headers,
        headers_fault=fault,
        body=environ["wsgi.input"].read(),
        source=environ["REMOTE_ADDR"],
        peer_certificate=environ["sandbox.peer_certificate"],
        weakened=gateway.bank.switches.weakened(),
        route=route,
        api=route.methods.get(method) if route is not None else None,
    )


def _headers(raw: list[tuple[bytes, bytes]]) -> tuple[dict[str, str], Problem | None]:
    """Headers by name, and what is wrong with them: a name that stands twice, a folded line, a strange character."""
    headers: dict[str, str] = {}
    fault = None
    for name, value in raw:
        key = name.decode("latin-1")
        if key in headers and name not in _REPEATABLE:
            ambiguous = problems.SIGNATURE_AMBIGUOUS if name in _SIGNATURES else problems.HEADER_DUPLICATED
            fault = fault or ambiguous.problem(f"{key[:64]} stands twice.")
        headers[key] = value.decode("latin-1")
    values = "".join(headers.values())
    if not (values.isascii() and values.isprintable()):
        fault = fault or problems.HEADER_INVALID.problem("Header values are one line of printable ASCII.")
    return headers, fault
