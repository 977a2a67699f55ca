"""One kept TLS connection of a user, with one call under way. Under Locust its waiting lets the other users go on.

It sends bytes that were signed before and reads whole answers. It follows nothing, retries nothing, believes nothing.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass, field

_CHUNK = 65_536
_IDLE_S_MAX = 60.0
"""Below the 75 s after which the bank closes an idle connection: a call must not meet the closing."""


class Lost(Exception):
    """No whole answer came; what became of the call is not known."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came; header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


class Connection:
    """``port`` of the gateway on this machine. Opened when first needed, and anew after a loss."""

    def __init__(self, port: int, trust: ssl.SSLContext, timeout_s: float) -> None:
        self._port, self._trust, self._timeout_s = port, trust, timeout_s
        self._socket: ssl.SSLSocket | None = None
        self._used_s = 0.0

    def open(self) -> None:
        """Shake hands now, so that no call has to wait for it."""
        try:
            plain = socket.create_connection(("127.0.0.1", self._port), timeout=self._timeout_s)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = self._trust.wrap_socket(plain, server_hostname="localhost")
        except OSError as error:
            raise Lost(type(error).__name__) from error
        self._used_s = time.monotonic()

    def exchange(self, request: bytes) -> Reply:
        """Send and wait for the whole answer; ``Lost`` closes the connection."""
        if self._socket is None or time.monotonic() - self._used_s > _IDLE_S_MAX:
            self.close()
            self.open()
        assert self._socket is not None
        try:
            self._socket.sendall(request)
            reply = self._read(self._socket)
        except (OSError, ValueError) as error:
            self.close()
            raise Lost(type(error).__name__) from error
        except BaseException:
            # Interrupted between question and answer: the next question would get this one's answer.
            self.close()
            raise
        self._used_s = time.monotonic()
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self, source: ssl.SSLSocket) -> Reply:
        received = b""
        while b"\r\n\r\n" not in received:
            received += _more(source)
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:])}
        length = int(headers["content-length"]) if "content-length" in headers else 0
        while len(body) < length:
            body += _more(source)
        return Reply(int(lines[0].split(" ", 2)[1]), headers, body)


def _more(source: ssl.SSLSocket) -> bytes:
    chunk = source.recv(_CHUNK)
    if not chunk:
        raise ConnectionError("closed in the middle")
    return chunk
