"""From the event loop to a WSGI application, inline: one request at a time per process, of each party in turn.

A call of the bank is a millisecond of computing and one short transaction; threads would only queue for the lock. So
the application runs on the loop itself, once the body has arrived whole and within its limits. What the application
lets escape becomes an opaque 500 (JR/T 0185 7.1-7).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

from bank_sim.edge.bounds import BOUNDS, Weakened
from bank_sim.edge.environ import Environ, Scope, environ_of
from bank_sim.edge.failures import whereabouts
from bank_sim.edge.mishaps import survives
from bank_sim.edge.refusals import Refusal, Report, answer_to, new_trace_id, path_of
from bank_sim.edge.turns import Turns
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import INTERNAL_ERROR, Problem

WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

# How much of a body that is too large is thrown away so that its sender, still sending, gets to read the refusal.
_DISCARDED_BYTES_MAX = 1024 * 1024

_log = logging.getLogger("bank.edge")


class Disconnected(Exception):
    """The client went away before its request was complete; there is nobody to answer."""


class WsgiBridge:
    """An ASGI application that runs a WSGI application for each complete request. ``weakened``: of ``BOUNDS``."""

    def __init__(self, app: WsgiApp, policy: Policy, report: Report, weakened: Weakened = frozenset) -> None:
        self._app = app
        self._policy = policy
        self._report = report
        self._weakened = weakened
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        afterwards: list[Callable[[], None]] = []
        try:
            await self._serve(scope, receive, send, afterwards)
        finally:
            for each in afterwards:
                each()

    async def _serve(self, scope: Scope, receive: Receive, send: Send, afterwards: list[Callable[[], None]]) -> None:
        try:
            body = await self._whole_body(scope, receive)
            environ = environ_of(scope, body, afterwards)
            async with self._turns.turn(scope["state"]["connection"].party):
                status, headers, content = self._run(environ)
            if not await survives(environ, scope, receive):
                return
        except Disconnected:
            return
        except Problem as problem:
            # Reported before anything else is waited for: a sender that hangs up now has still been here.
            status, headers, content = self._refused(scope, problem)
            await self._discard_excess(scope, receive)
        except Exception as error:
            _log.error("%s", whereabouts(error))
            status, headers, content = self._refused(scope, INTERNAL_ERROR.problem())
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _whole_body(self, scope: Scope, receive: Receive) -> bytes:
        """The body, or the Problem of one that is too large or too slow."""
        self._require_bounded(_declared_length(scope))
        if "whole" in scope["state"]:
            message = await receive()
        else:
            message = await self._next(receive, self._policy.body_timeout_s)
        body = bytearray(message.get("body", b""))
        deadline = time.monotonic() + self._policy.body_timeout_s
        self._require_bounded(len(body))
        while message.get("more_body"):
            message = await self._next(receive, deadline - time.monotonic())
            body += message.get("body", b"")
            self._require_bounded(len(body))
        return bytes(body)

    def _require_bounded(self, length: int) -> None:
        if length > self._policy.body_bytes_max:
            BOUNDS.run(self._policy, "size", self._weakened())

    async def _next(self, receive: Receive, timeout_s: float) -> MutableMapping[str, Any]:
        try:
            async with asyncio.timeout(timeout_s):
                message = await receive()
        except TimeoutError:
            BOUNDS.run(self._policy, "pace", self._weakened())
            message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        return message

    async def _discard_excess(self, scope: Scope, receive: Receive) -> None:
        """Read past a body of moderate excess. One that waits for "100 Continue" is never sent at all."""
        excessive = self._policy.body_bytes_max < _declared_length(scope) <= _DISCARDED_BYTES_MAX
        if not excessive or _expects_continue(scope):
            return
        deadline = time.monotonic() + self._policy.body_timeout_s
        # A sender that is too slow, or gone, has its refusal already as far as it can have one.
        with suppress(Problem, Disconnected):
            while (await self._next(receive, deadline - time.monotonic())).get("more_body", False):
                pass

    def _run(self, environ: Environ) -> Answer:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., Any]:
            started[:] = [int(status[:3]), headers]
            return _refuse_write

        parts = self._app(environ, start_response)
        try:
            content = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        status, headers = started
        return status, [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers], content

    def _refused(self, scope: Scope, problem: Problem) -> Answer:
        trace_id = new_trace_id()
        client = scope.get("client") or ("-", 0)
        elapsed_us = (time.perf_counter_ns() - scope["state"]["received_ns"]) // 1000
        path = path_of(scope["raw_path"])
        self._report(Refusal(problem, trace_id, scope["method"], path, client[0], elapsed_us))
        return answer_to(problem, trace_id)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)  # the parser has seen to it that this is a number
    return 0


def _expects_continue(scope: Scope) -> bool:
    return any(name == b"expect" for name, _ in scope["headers"])


def _refuse_write(_: bytes) -> None:
    raise NotImplementedError("the bank's applications return their bodies; PEP 3333's write() is for legacy ones")
