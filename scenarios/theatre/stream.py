"""The event stream of a run: rows of the diagram as they become known (WHATWG HTML, section 9.2, server-sent events).

It lives on the event loop, where a thousand waits cost nothing; everything else is a page and goes to the web
application. Events: ``rows`` (HTML of steps to be put in their place by time), ``phase``, ``afresh``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from scenarios.theatre.protection import is_addressed_here
from scenarios.theatre.recording import Recording

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
# (recording, events after this number, language) -> (HTML of the rows, number of the newest)
Rows = Callable[[Recording, int, str], tuple[str, int]]
Ending = Callable[[Recording, str], str]

LOOK_S = 0.12
KEEP_ALIVE_S = 15.0
LISTENERS_MAX = 32


class Streams:
    """An ASGI application: streams of runs, and ``pages`` for everything else."""

    def __init__(
        self, pages: App, find: Callable[[str], Recording | None], rows: Rows, ending: Ending, origin: str
    ) -> None:
        self._pages = pages
        self._find = find
        self._rows = rows
        self._ending = ending
        self._origin = origin
        self._listeners = 0
        self.closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = scope.get("path", "").split("/")
        if scope["type"] != "http" or len(parts) != 4 or (parts[1], parts[3]) != ("runs", "events"):
            await self._pages(scope, receive, send)
            return
        recording = self._find(parts[2])
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if recording is None or scope["method"] != "GET" or not is_addressed_here(host, self._origin):
            await _plain(send, 404)
        elif self._listeners >= LISTENERS_MAX:
            await _plain(send, 503)
        else:
            await self._stream(recording, scope, receive, send)

    async def _stream(self, recording: Recording, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        language = "zh" if query.get("lang") == ["zh"] else "en"
        last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1") or query.get("after", ["0.0"])[0]
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.create_task(_until_gone(receive))
        self._listeners += 1
        try:
            async for chunk in self._events(recording, language, *_position(last)):
                if gone.done() or self.closing:
                    break
                if chunk:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._listeners -= 1
            gone.cancel()

    async def _events(self, recording: Recording, language: str, epoch: int, number: int) -> AsyncIterator[bytes]:
        """What is new since event ``number`` of ``epoch``, until the run has ended. b"" is a look without news."""
        phase, quiet_s = "", 0.0
        while True:
            if epoch != recording.epoch:
                epoch, number, phase = recording.epoch, 0, ""
                yield _event("afresh", {}, f"{epoch}.0")
            # Before the rows are read: what the end of the play brings must still be sent.
            now = recording.phase
            html, newest = self._rows(recording, number, language)
            if newest > number:
                number, quiet_s = newest, 0.0
                yield _event("rows", {"html": html}, f"{epoch}.{number}")
            if now != phase:
                phase = now
                yield _event("phase", {"phase": phase, "html": self._ending(recording, language)}, f"{epoch}.{number}")
            if now == "ended":
                return
            quiet_s += LOOK_S
            if quiet_s >= KEEP_ALIVE_S:
                quiet_s = 0.0
                yield b": still here\n\n"
            else:
                yield b""
            await asyncio.sleep(LOOK_S)


def _position(text: str) -> tuple[int, int]:
    """``epoch.number`` as a client gives it back; the beginning for anything else."""
    epoch, _, number = text.partition(".")
    return (int(epoch), int(number)) if epoch.isdecimal() and number.isdecimal() else (0, 0)


def _event(name: str, data: dict[str, Any], identity: str) -> bytes:
    return f"id: {identity}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _plain(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b""})
