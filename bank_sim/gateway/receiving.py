"""Takes a call off the edge's hands: the facts that lie open, none of them judged yet."""

from __future__ import annotations

from typing import Any

from bank_sim.edge.headers import read_headers
from bank_sim.edge.refusals import new_trace_id
from bank_sim.gateway.call import Call, Gateway


def receive(gateway: Gateway, environ: dict[str, Any]) -> Call:
    """A call from the edge's WSGI environment (``edge.environ.environ_of``)."""
    headers, fault = read_headers(environ["sandbox.raw_headers"])
    method, path = environ["REQUEST_METHOD"], environ["sandbox.raw_path"]
    offer = gateway.bank.lives.offer()
    route = offer.catalogue.find(path)
    api = route.asked(method, headers.get("x-api-version")) if route is not None else None
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
        connection=environ["sandbox.connection"],
        weakened=gateway.bank.switches.weakened(),
        route=route,
        api=api,
        life=offer.life_of(api) if api is not None else None,
    )
