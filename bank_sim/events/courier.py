"""The way to the applications' servers: one POST a message, within bounds of time and size, to nobody inside.

The address is the application's choice, so it is not trusted (OWASP SSRF): a name is resolved once, that address is
judged by the table of ``destinations`` and connected to; redirects are not followed; of the answer only the status
counts.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bank_sim.events.destinations import DESTINATIONS, Destination, is_this_machine
from bank_sim.events.message import Message
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.trace_context import HEADER as TRACEPARENT
from bank_sim.sdk.tracing import Tracing, untraced

_CONNECT_TIMEOUT_S, _WHOLE_TIMEOUT_S = 3.0, 6.0
_PORTS = {"https": 443, "http": 80}

Resolve = Callable[..., list[tuple[Any, ...]]]
"""``socket.getaddrinfo``, or what answers like it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one POST. ``outcome``: ``delivered``, ``answered`` (another status), or why there is no status."""

    outcome: str
    status: int | None
    elapsed_ms: int


class Courier:
    """Posts messages over TLS, each on a connection of its own: they are few and far between."""

    def __init__(
        self,
        ca_certificate: Path,
        own_ports: Collection[int],
        whole_timeout_s: float = _WHOLE_TIMEOUT_S,
        *,
        weakened: Callable[[], frozenset[str]] = frozenset,
        resolve: Resolve = socket.getaddrinfo,
        tracing: Tracing = untraced,
    ) -> None:
        """``own_ports``: those of this bank's listeners, which no application's address may lead to."""
        self._whole_timeout_s = whole_timeout_s
        self._weakened = weakened
        self._resolve = resolve
        self._tracing = tracing
        # The sandbox's own authority beside the machine's: applications at home anywhere are served alike.
        self._trust = ssl.create_default_context()
        self._trust.load_verify_locations(cafile=str(ca_certificate))
        self._own_ports = frozenset(own_ports)

    def post(self, message: Message) -> Receipt:
        """Send one message and say what became of it; never raises for what the other side does."""
        started_s = time.monotonic()
        status: int | None = None
        try:
            with self._tracing("event") as traceparent:
                status = self._post(message, traceparent)
            outcome = "delivered" if 200 <= status < 300 else "answered"
        except Problem:
            outcome = "address_refused"
        except ssl.SSLCertVerificationError:
            outcome = "certificate_refused"
        except TimeoutError:
            outcome = "timed_out"
        except (OSError, http.client.HTTPException, ValueError):
            outcome = "unreachable"
        return Receipt(outcome, status, int((time.monotonic() - started_s) * 1000))

    def _post(self, message: Message, traceparent: str) -> int:
        parts = urlsplit(message.url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        with closing(self._connected(host, port)) as plain, _within(plain, self._whole_timeout_s):
            wire = self._trust.wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
            with closing(wire), closing(http.client.HTTPConnection(host, port)) as connection:
                connection.sock = wire
                connection.request("POST", target, message.body, message.headers | {TRACEPARENT: traceparent})
                return connection.getresponse().status

    def _connected(self, host: str, port: int) -> socket.socket:
        # RFC 6761 section 6.3: names below localhost are this machine, whatever its resolver knows.
        name = "127.0.0.1" if is_this_machine(host) and host.endswith("localhost") else host
        family, kind, protocol, _, address = self._resolve(name, port, type=socket.SOCK_STREAM)[0]
        DESTINATIONS.run(Destination(host, str(address[0]), port, self._own_ports), "post", self._weakened())
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_CONNECT_TIMEOUT_S)
            connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def _within(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Whoever answers byte by byte must not hold the courier: the connection is cut when the time is over."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if over.is_set():
        # Half an answer may read like a whole one.
        raise TimeoutError
