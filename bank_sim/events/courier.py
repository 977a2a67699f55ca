"""The way to the applications' servers: one POST a message, within bounds of time and size, to nobody inside.

The address is the application's choice, so it is not trusted (OWASP SSRF): a name is resolved once and that address is
connected to; the bank's own listeners and addresses that belong to no server are refused; redirects are not followed;
of the answer only the status counts.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bank_sim.events.message import Message

_CONNECT_TIMEOUT_S, _WHOLE_TIMEOUT_S = 3.0, 6.0
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one POST. ``outcome``: ``delivered``, ``answered`` (another status), or why there is no status."""

    outcome: str
    status: int | None
    elapsed_ms: int


class AddressRefused(Exception):
    """The address leads to where the bank posts nothing."""


class Courier:
    """Posts messages over TLS, each on a connection of its own: they are few and far between."""

    def __init__(
        self, ca_certificate: Path, own_ports: Collection[int], whole_timeout_s: float = _WHOLE_TIMEOUT_S
    ) -> None:
        """``own_ports``: those of this bank's listeners, which no application's address may lead to."""
        self._whole_timeout_s = whole_timeout_s
        # The sandbox's own authority beside the machine's: applications at home anywhere are served alike.
        self._trust = ssl.create_default_context()
        self._trust.load_verify_locations(cafile=str(ca_certificate))
        self._own_ports = frozenset(own_ports)

    def post(self, message: Message) -> Receipt:
        """Send one message and say what became of it; never raises for what the other side does."""
        started_s = time.monotonic()
        status: int | None = None
        try:
            status = self._post(message)
            outcome = "delivered" if 200 <= status < 300 else "answered"
        except AddressRefused:
            outcome = "address_refused"
        except ssl.SSLCertVerificationError:
            outcome = "certificate_refused"
        except TimeoutError:
            outcome = "timed_out"
        except (OSError, http.client.HTTPException, ValueError):
            outcome = "unreachable"
        return Receipt(outcome, status, int((time.monotonic() - started_s) * 1000))

    def _post(self, message: Message) -> int:
        parts = urlsplit(message.url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        with closing(self._connected(host, port)) as plain, _within(plain, self._whole_timeout_s):
            wire = self._trust.wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
            with closing(wire), closing(http.client.HTTPConnection(host, port)) as connection:
                connection.sock = wire
                connection.request("POST", target, message.body, message.headers)
                return connection.getresponse().status

    def _connected(self, host: str, port: int) -> socket.socket:
        # RFC 6761 section 6.3: names below localhost are this machine, whatever its resolver knows.
        name = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
        family, kind, protocol, _, address = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        self._require_foreign(str(address[0]), port)
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_CONNECT_TIMEOUT_S)
            connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_foreign(self, address: str, port: int) -> None:
        found = ip_address(address)
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            # A name may resolve to ::ffff:127.0.0.1, which leads to this machine and is no loopback address by itself.
            found = found.ipv4_mapped
        nobody = found.is_link_local or found.is_multicast or found.is_unspecified
        if nobody or (found.is_loopback and port in self._own_ports):
            raise AddressRefused(address)


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
