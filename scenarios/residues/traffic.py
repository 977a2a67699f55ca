"""What crossed the wire, as whoever broke TLS would read it: between application and bank, and from the browsers.

A browser's traffic is kept only where the browser is a plain HTTP one; a real one's is its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from scenarios.addresses import HOSTS_OF
from scenarios.residues.trust import Place
from scenarios.wire import Message


@dataclass(frozen=True, slots=True)
class Half:
    """A request or an answer: which one, and every byte of it."""

    title: str
    is_request: bool
    content: bytes


def halves(message: Message) -> Iterator[Half]:
    """Request and answer, each whole: address, headers and body."""
    request, answer = message.request, message.answer
    title = f"{request.method} {request.url.path}"
    yield Half(f"request {title}", True, b"\n".join([request.url.raw_path, _lines(request.headers), message.body]))
    yield Half(f"answer to {title}", False, b"\n".join([_lines(answer.headers), answer.content]))


def of_browser(message: Message, half: Half) -> Place:
    """What a browser sends are forms, what it gets are pages; the bank's own, or some application's."""
    host = message.request.headers["host"].partition(":")[0]
    if host in HOSTS_OF["bank"]:
        return "bank's forms" if half.is_request else "bank's pages"
    return "application's forms" if half.is_request else "application's pages"


def _lines(headers: httpx.Headers) -> bytes:
    return b"\n".join(name + b": " + value for name, value in headers.raw)
