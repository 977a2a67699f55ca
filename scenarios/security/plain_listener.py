"""A listener on loopback, without TLS, by which a tool reaches the signing proxy and reads the description for it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from bank_sim.sdk.protocol import strict_json
from scenarios.failures import BrokenSurroundings
from scenarios.security.description import Json
from scenarios.security.signing_proxy import Call, SigningProxy

DESCRIPTION_PATH = "/openapi.json"
START_DEADLINE_S = 10.0
_Message = MutableMapping[str, Any]
_UNSENDABLE: Json = {
    "type": "about:blank", "title": "No client can send this.", "title_zh": "客户端无法发送该内容。", "status": 400,
    "code": "HEADER_INVALID", "detail": "", "trace_id": "0" * 32, "retry_safe": True,
}  # fmt: skip
_CONNECTION_HEADERS = frozenset({"connection", "transfer-encoding", "date", "server"})


@contextmanager
def listening(proxy: SigningProxy) -> Iterator[str]:
    """Serve on a free port of loopback while the block runs; yields the base URL."""
    config = uvicorn.Config(
        _application(proxy), host="127.0.0.1", port=0, log_level="critical", lifespan="off", access_log=False,
        server_header=False, date_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="plain listener", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_DEADLINE_S
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise BrokenSurroundings("The listener for the tools did not start.")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _application(proxy: SigningProxy) -> Callable[..., Awaitable[None]]:
    async def application(
        scope: _Message, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Awaitable[None]]
    ) -> None:
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        body = await _body(receive)
        if target == DESCRIPTION_PATH:
            answer = 200, {"content-type": "application/json"}, strict_json.dump(proxy.description)
        else:
            headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
            answer = await asyncio.to_thread(_answered, proxy, Call(scope["method"], target, headers, body))
        await _send(send, *answer)

    return application


async def _body(receive: Callable[[], Awaitable[_Message]]) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(send: Callable[[_Message], Awaitable[None]], status: int, headers: dict[str, str], body: bytes) -> None:
    kept = [
        (name.encode(), text.encode("latin-1")) for name, text in headers.items() if name not in _CONNECTION_HEADERS
    ]
    lengths = [each for each in kept if each[0] != b"content-length"]
    length = [(b"content-length", str(len(body)).encode())] if body else []
    await send({"type": "http.response.start", "status": status, "headers": lengths + length})
    await send({"type": "http.response.body", "body": body})


def _answered(proxy: SigningProxy, call: Call) -> tuple[int, dict[str, str], bytes]:
    try:
        return proxy.exchange(call)
    except (ValueError, httpx.LocalProtocolError):
        # What no client can put into a header, no bank ever sees.
        return 400, {"content-type": "application/problem+json"}, strict_json.dump(_UNSENDABLE)
