"""A body beyond its bound is refused at the edge, by whichever way it is too large, and read where the row is out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bank_sim.edge.bridge import WsgiBridge
from bank_sim.edge.connection import Connection
from bank_sim.edge.refusals import Refusal
from bank_sim.policy import Policy

POLICY = Policy(body_bytes_max=10)
PIECES = [b"123456", b"789012"]


def received(headers: list[tuple[bytes, bytes]], weakened: frozenset[str]) -> tuple[int, bytes, list[str]]:
    """Status, the body that the application saw, the codes of refusals: of a body of twelve bytes in two pieces."""
    seen, refused, statuses, pieces = [], [], [], list(PIECES)

    def application(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ["wsgi.input"].read())
        start_response("200", [("content-length", "0")])
        return [b""]

    async def receive() -> dict[str, Any]:
        body = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    def report(refusal: Refusal) -> None:
        refused.append(refusal.problem.code)

    state = {"connection": Connection("source:-"), "peer_certificate": None, "received_ns": 0}
    scope = {
        "method": "POST", "raw_path": b"/", "query_string": b"", "headers": headers, "http_version": "1.1",
        "scheme": "https", "state": state,
    }  # fmt: skip
    asyncio.run(WsgiBridge(application, POLICY, report, lambda: weakened)(scope, receive, send))
    return statuses[0], b"".join(seen), refused


@pytest.mark.clause("7.3.2-1")
@pytest.mark.parametrize("headers", [[(b"content-length", b"12")], []], ids=["announced", "in pieces"])
def test_a_body_that_is_too_large_is_refused_unless_its_row_is_left_out(headers: list[tuple[bytes, bytes]]) -> None:
    assert received(headers, frozenset({"body_pace"})) == (413, b"", ["BODY_TOO_LARGE"])
    assert received(headers, frozenset({"body_size"})) == (200, b"".join(PIECES), [])
