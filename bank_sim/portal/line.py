"""The portal's line to the gateway: the bytes of one request go out as they are shown, the answer's come back.

The portal calls the gateway over TLS as any partner does, so that what it shows is what a partner meets. It composes
and judges nothing, and keeps no connection: each message says ``Connection: close``.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from bank_sim.sdk.protocol.problems import SERVICE_UNAVAILABLE

Line = Callable[[bytes], bytes]
"""Bytes of a request to bytes of its answer; SERVICE_UNAVAILABLE where there is none."""

# The pages' process waits in the meantime, so this is short: the gateway is on the same machine.
_TIMEOUT_S = 5.0
# The longest answer is a page of sealed transactions, below 64 KiB.
_ANSWER_BYTES_MAX = 128 * 1024
_CHUNK_BYTES = 65_536


class GatewayLine:
    """A fresh TLS connection for each message, to the gateway and nobody else."""

    def __init__(self, gateway_url: str, ca_certificate: Path) -> None:
        parts = urlsplit(gateway_url)
        self._address = (parts.hostname or "localhost", parts.port or 443)
        self._ca_certificate = ca_certificate

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self._ca_certificate))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def __call__(self, message: bytes) -> bytes:
        try:
            with (
                socket.create_connection(self._address, timeout=_TIMEOUT_S) as plain,
                self._context.wrap_socket(plain, server_hostname=self._address[0]) as channel,
            ):
                channel.sendall(message)
                return _everything(channel)
        except OSError as error:
            raise SERVICE_UNAVAILABLE.problem("The gateway does not answer.", reason=str(error)) from error


def _everything(channel: ssl.SSLSocket) -> bytes:
    received = b""
    while chunk := channel.recv(_CHUNK_BYTES):
        received += chunk
        if len(received) > _ANSWER_BYTES_MAX:
            raise SERVICE_UNAVAILABLE.problem("The gateway's answer does not end.")
    return received


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in its parts. ``head`` is status line and headers as they came; names in ``headers`` are lower-case."""

    head: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def read_answer(received: bytes) -> Answer:
    """The parts of an HTTP/1.1 answer with ``Content-Length``, or whose body ends with the connection."""
    head, _, body = received.partition(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").split("\r\n")
    words = start.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        raise SERVICE_UNAVAILABLE.problem("What came from the gateway is no HTTP answer.")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip(" \t") for name, _, value in pairs}
    return Answer("\n".join([start, *lines]), int(words[1]), headers, body)
