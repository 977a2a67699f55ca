"""From the event loop to a WSGI application, inline: one request at a time per process.

A call of the bank is a millisecond of computing and one short transaction; threads would only queue for the lock. So
the application runs on the loop itself, once the body has arrived whole and within its limits. What the application
lets escape becomes an opaque 500 (JR/T 0185 7.1-7): the log gets its type and place, not its message, which may quote
what the user sent.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from bank_sim.config import Policy
from bank_sim.edge.refusals import Refusal, Report, answer_to, new_trace_id, path_of
from bank_sim.sdk.protocol.problems import BODY_TIMEOUT, BODY_TOO_LARGE, INTERNAL_ERROR, Problem

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

# How much of a body that is too large is thrown away so that its sender, still sending, gets to read the refusal.
_DISCARDED_BYTES_MAX = 1024 * 1024

_log = logging.getLogger("bank.edge")


class Disconnected(Exception):
    """The client went away before its request was complete; there is nobody to answer."""


class WsgiBridge:
    """An ASGI application that runs a WSGI application for each complete request."""

    def __init__(self, app: WsgiApp, policy: Policy, report: Report) -> None:
        self._app = app
        self._policy = policy
        self._report = report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self._whole_body(scope, receive)
            status, headers, content = self._run(environ_of(scope, body))
        except Disconnected:
            return
        except Problem as problem:
            status, headers, content = self._refused(scope, problem)
        except Exception as error:
            _log.error("%s", whereabouts(error))
            status, headers, content = self._refused(scope, INTERNAL_ERROR.problem())
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _whole_body(self, scope: Scope, receive: Receive) -> bytes:
        """The body, or the Problem of one that is too large or too slow."""
        if _declared_length(scope) > self._policy.body_bytes_max:
            await self._discard(scope, receive)
            raise BODY_TOO_LARGE.problem()
        if "whole" in scope["state"]:
            message = await receive()
        else:
            message = await self._next(receive, self._policy.body_timeout_s)
        body: bytes = message.get("body", b"")
        deadline = time.monotonic() + self._policy.body_timeout_s
        while message.get("more_body") and len(body) <= self._policy.body_bytes_max:
            message = await self._next(receive, deadline - time.monotonic())
            body += message.get("body", b"")
        if len(body) > self._policy.body_bytes_max:
            raise BODY_TOO_LARGE.problem()
        return body

    async def _next(self, receive: Receive, timeout_s: float) -> MutableMapping[str, Any]:
        try:
            async with asyncio.timeout(timeout_s):
                message = await receive()
        except TimeoutError:
            raise BODY_TIMEOUT.problem() from None
        if message["type"] == "http.disconnect":
            raise Disconnected
        return message

    async def _discard(self, scope: Scope, receive: Receive) -> None:
        """Read past a body of moderate excess. One that waits for "100 Continue" is never sent at all."""
        if _declared_length(scope) > _DISCARDED_BYTES_MAX or _expects_continue(scope):
            return
        deadline = time.monotonic() + self._policy.body_timeout_s
        more = True
        while more:
            more = (await self._next(receive, deadline - time.monotonic())).get("more_body", False)

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


def environ_of(scope: Scope, body: bytes) -> Environ:
    """The WSGI environment (PEP 3333), and beside it what WSGI has no name for:

    - ``sandbox.raw_headers``: all headers in order as (lower-case name, value) bytes, repeated ones included;
    - ``sandbox.raw_path``: the path of the request target as it stood on the wire, as signatures cover it;
    - ``sandbox.peer_certificate``: the client's verified certificate as DER, or None;
    - ``sandbox.received_ns``: ``time.perf_counter_ns()`` of the request's first byte.

    A header with an underscore in its name is left out of the ``HTTP_`` variables, where it could pass for another.
    """
    raw_path: bytes = scope["raw_path"]
    path = unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path
    client, server, state = scope.get("client") or ("", 0), scope.get("server") or ("", 0), scope["state"]
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "sandbox.raw_headers": scope["headers"],
        "sandbox.raw_path": raw_path.decode("latin-1"),
        "sandbox.peer_certificate": state["peer_certificate"],
        "sandbox.received_ns": state["received_ns"],
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name, value = _variable(raw_name), raw_value.decode("latin-1")
        # RFC 9110 section 5.3: repeated fields are one list, except cookies, whose separator is another.
        environ[name] = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}" if name in environ else value
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def whereabouts(error: BaseException) -> str:
    """Type and places of an exception, newest first, without its message: ``KeyError at ledger.py:40 in post``."""
    frames = traceback.extract_tb(error.__traceback__)[::-1]
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in frames)
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {places}" + (f"; from {whereabouts(cause)}" if cause is not None else "")


_VARIABLES: dict[bytes, str] = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
# Names that attackers make up must not fill the memory.
_VARIABLES_MAX = 512


def _variable(raw_name: bytes) -> str:
    name = _VARIABLES.get(raw_name)
    if name is None:
        name = "HTTP_" + raw_name.decode("latin-1").upper().replace("-", "_")
        if len(_VARIABLES) < _VARIABLES_MAX:
            _VARIABLES[raw_name] = name
    return name


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)  # the parser has seen to it that this is a number
    return 0


def _expects_continue(scope: Scope) -> bool:
    return any(name == b"expect" for name, _ in scope["headers"])


def _refuse_write(_: bytes) -> None:
    raise NotImplementedError("the bank's applications return their bodies; PEP 3333's write() is for legacy ones")
