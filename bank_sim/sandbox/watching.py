"""Watches a door: a WSGI application's messages go into the trace, with the verdicts and openings on their way.

The application behind the door does not know of it, and what goes wrong in here is logged and costs the message, never
the call. Whoever opens a sealed part tells ``note_opened``, which costs next to nothing while nobody watches.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

from bank_sim.clock import Clock
from bank_sim.sandbox import redaction
from bank_sim.sandbox.trace import Exchange, Trace
from bank_sim.sdk.protocol.checktable import observing

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Answered = tuple[int, list[tuple[str, str]]]

MACHINE_DOORS = frozenset({"gateway"})
"""Doors at which programs call; at all others people read and type, and the users' phones call under ``/device/``."""
_PHONES = "/device/"

_SCENERY = ("text/css", "image/", "font/", "text/javascript", "application/javascript")
_exchange: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
_log = logging.getLogger("bank.trace")


class _Addressed(Protocol):
    """What goes out to a phone."""

    to: str
    text: str


def note_opened(part: Literal["request", "answer"], fields: dict[str, Any]) -> None:
    """What a sealed part of the message at hand holds. Call it where sealed parts are opened, or made."""
    exchange = _exchange.get()
    if exchange is not None:
        with _AtNoCostToTheCall():
            exchange.opened[part] = redaction.members(fields)


class _Posted(Protocol):
    """What goes out to an application's server."""

    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def body(self) -> bytes: ...


class _Answered(Protocol):
    """``status``: None where nothing was answered."""

    @property
    def status(self) -> int | None: ...


Out = TypeVar("Out", bound=_Posted)
Back = TypeVar("Back", bound=_Answered)


def watched(app: WsgiApp, door: str, trace: Trace, clock: Clock) -> WsgiApp:
    """The same application, every exchange with it kept in ``trace``; style sheets, scripts and pictures are not."""

    def watching(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun = None
        with _AtNoCostToTheCall():
            begun = _begun(environ, door, clock)
        if begun is None:
            return app(environ, start_response)
        exchange, body = begun
        answered: list[Any] = []

        def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            answered[:] = [int(status[:3]), headers]
            return start_response(status, headers, *more)

        token = _exchange.set(exchange)
        try:
            with observing(time.perf_counter_ns) as observation:
                content = _whole(app(environ, answer))
        finally:
            _exchange.reset(token)
        with _AtNoCostToTheCall():
            exchange.verdicts = observation.verdicts
            _finish(exchange, body, (answered[0], answered[1]), content)
            if not _is_scenery(exchange):
                trace.keep(exchange)
        return (content,)

    return watching


class _AtNoCostToTheCall:
    """Whatever fails in the block is a defect of the watching: it is logged, and the call goes on without it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, places: object) -> bool:
        if not isinstance(error, Exception):
            return False
        _log.error("a message is not in the trace", exc_info=error)
        return True


def _begun(environ: dict[str, Any], door: str, clock: Clock) -> tuple[Exchange, bytes]:
    since_ns = time.perf_counter_ns() - environ["sandbox.received_ns"]
    # The edge hands over a whole body; reading it here takes nothing from the application.
    try:
        body: bytes = environ["wsgi.input"].read()
    finally:
        environ["wsgi.input"].seek(0)
    query = environ["QUERY_STRING"]
    address = environ["sandbox.raw_path"] + (f"?{query}" if query else "")
    exchange = Exchange(
        door=door,
        at_ms=clock.now_ms(),
        started_ns=time.time_ns() - since_ns,
        method=environ["REQUEST_METHOD"],
        target=redaction.target(address),
        client_certificate=environ["sandbox.peer_certificate"] is not None,
        request_headers=redaction.headers(environ["sandbox.raw_headers"]),
        request_bytes=len(body),
    )
    return exchange, body


def _finish(exchange: Exchange, body: bytes, answered: Answered, content: bytes) -> None:
    """The answer, and both bodies as far as this door's may be kept."""
    exchange.elapsed_ns = time.time_ns() - exchange.started_ns
    exchange.status, headers = answered
    exchange.answer_bytes = len(content)
    exchange.answer_headers = redaction.headers([(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers])
    by_machine = exchange.door in MACHINE_DOORS or exchange.target.startswith(_PHONES)
    kept = redaction.machine_body if by_machine else redaction.page_body
    exchange.request_body = kept(_type_of(exchange.request_headers), body)
    exchange.answer_body = kept(_type_of(exchange.answer_headers), content)
    exchange.title = redaction.page_title(content) if _type_of(exchange.answer_headers).startswith("text/html") else ""


def _is_scenery(exchange: Exchange) -> bool:
    return _type_of(exchange.answer_headers).startswith(_SCENERY)


def _type_of(headers: redaction.Headers) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _whole(parts: Iterable[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def watched_delivery(deliver: Callable[[Any], None], trace: Trace, clock: Clock) -> Callable[[_Addressed], None]:
    """The same way out to the phones, every message kept without its code and with its number masked."""

    def delivering(message: _Addressed) -> None:
        started_ns = time.time_ns()
        status = 502
        try:
            deliver(message)
            status = 204
        finally:
            with _AtNoCostToTheCall():
                text = redaction.message_text(message.text)
                shown = {"to": f"{message.to[:3]}****{message.to[-4:]}", "text": text}
                kept = Exchange("sms", clock.now_ms(), started_ns, "POST", "/sms", time.time_ns() - started_ns)
                kept.request_body, kept.status = json.dumps(shown, ensure_ascii=False), status
                kept.request_bytes = len(message.text.encode())
                trace.keep(kept)

    return delivering


def watched_post(post: Callable[[Out], Back], trace: Trace, clock: Clock) -> Callable[[Out], Back]:
    """The same way out to the applications' servers, every message kept; of what is answered, the status."""

    def posting(message: Out) -> Back:
        started_ns = time.time_ns()
        receipt = post(message)
        with _AtNoCostToTheCall():
            path, taken_ns = urlsplit(message.url).path, time.time_ns() - started_ns
            kept = Exchange("events", clock.now_ms(), started_ns, "POST", path, taken_ns)
            kept.request_headers = redaction.headers([(n.encode(), v.encode()) for n, v in message.headers.items()])
            kept.request_body = redaction.machine_body("application/json", message.body)
            kept.request_bytes, kept.status = len(message.body), receipt.status or HTTPStatus.BAD_GATEWAY
            trace.keep(kept)
        return receipt

    return posting
