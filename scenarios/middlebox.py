"""A box on the way to the bank's gateway that ends TLS and starts it anew: what a compromised gateway, a corporate
inspection proxy or a stolen certificate amounts to.

It listens at the gateway's public address with a certificate that the parties trust, and the gateway stands behind it
on another port. It passes everything on unchanged through ``wire``, which a scenario may replace; it holds no signing
or sealing key of any party. TLS ends here, and client certificates with it: whoever shows one that the box was given
together with its key, as an inspection proxy is, is shown with it at the gateway; for all others there is none.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from weakref import WeakSet

import httpx

from scenarios.entrusted import Entrusted
from scenarios.ports import LOOPBACK
from scenarios.wire import Record

BODY_BYTES_MAX = 1 << 20
IDLE_S = 30.0
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade", "te", "trailer"})


@dataclass(slots=True)
class Arrival:
    """A message as its sender sent it, at ``at_ns`` since 1970, and whether an answer went back to them."""

    request: httpx.Request
    body: bytes
    at_ns: int
    answered: bool = False


class Middlebox:
    """The running box. ``wire`` is the way on, by default one that only keeps what it sees."""

    def __init__(self, gateway: Entrusted, upstream: httpx.URL) -> None:
        self.gateway: httpx.BaseTransport = gateway
        self.entrusted = gateway
        self.record = Record(gateway)
        self.wire: httpx.BaseTransport = self.record
        self.arrived: list[Arrival] = []
        self.tls: ssl.SSLContext | None = None
        self._connections: WeakSet[ssl.SSLSocket] = WeakSet()
        self.upstream = upstream

    @contextmanager
    def interfering(self, wire: httpx.BaseTransport) -> Iterator[None]:
        """Let ``wire`` handle everything for as long as the block runs."""
        before, self.wire = self.wire, wire
        try:
            yield
        finally:
            self.wire = before

    @contextmanager
    def showing(self, context: ssl.SSLContext) -> Iterator[None]:
        """Show other certificates than the bank's to whoever connects while the block runs; all must connect anew."""
        before, self.tls = self.tls, context
        self._break_off()
        try:
            yield
        finally:
            self.tls = before
            self._break_off()

    def connected(self, connection: ssl.SSLSocket) -> None:
        self._connections.add(connection)

    def _break_off(self) -> None:
        for each in list(self._connections):
            with suppress(OSError):
                # Below TLS: what is under way ends, and no goodbye is waited for.
                socket.socket.shutdown(each, socket.SHUT_RDWR)

    def pass_on(
        self, method: str, target: str, headers: list[tuple[str, str]], body: bytes, certificate: bytes | None = None
    ) -> httpx.Response:
        """Send one message onward under the Host that its sender addressed, and read the answer.

        ``certificate``: the TLS client certificate (DER) that its sender showed.
        """
        request = httpx.Request(method, self.upstream.join(target), headers=headers, content=body or None)
        request.extensions = {"timeout": httpx.Timeout(IDLE_S).as_dict(), "certificate": certificate}
        arrival = Arrival(request, body, time.time_ns())
        self.arrived.append(arrival)
        answer = self.wire.handle_request(request)
        try:
            answer.read()
        finally:
            answer.close()
        arrival.answered = True
        return answer


@contextmanager
def middlebox(
    port: int,
    upstream_port: int,
    certificate: Path,
    key: Path,
    passphrase: str,
    authority: Path,
    client_authority: Path,
) -> Iterator[Middlebox]:
    """Listen on ``port`` in front of the gateway at ``upstream_port`` for as long as the block runs."""
    gateway = Entrusted(authority)
    box = Middlebox(gateway, httpx.URL(f"https://localhost:{upstream_port}"))
    server = _Server(box, port, certificate, key, passphrase, client_authority)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="middlebox", daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        gateway.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Keep-alive threads end when their peer hangs up, which a closing world does only after the box.
    block_on_close = False

    def __init__(
        self, box: Middlebox, port: int, certificate: Path, key: Path, passphrase: str, client_authority: Path
    ) -> None:
        self.box = box
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key, password=passphrase)
        self._tls.load_verify_locations(client_authority)
        self._tls.verify_mode = ssl.CERT_OPTIONAL
        super().__init__((LOOPBACK, port), _Handler)

    def get_request(self) -> tuple[ssl.SSLSocket, tuple[str, int]]:
        connection, address = super().get_request()
        # The handshake belongs into the connection's own thread: a silent peer must not stop the others.
        context = self.box.tls or self._tls
        secured = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.box.connected(secured)
        return secured, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that hangs up is no news; what the parties make of it shows in their own logs."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server
    connection: ssl.SSLSocket

    def do_GET(self) -> None:
        self._relay()

    def do_POST(self) -> None:
        self._relay()

    def log_message(self, format: str, *args: object) -> None:
        """The box keeps messages in ``Record``, not lines on a terminal."""

    def _relay(self) -> None:
        length = int(self.headers.get("content-length", "0"))
        if not 0 <= length <= BODY_BYTES_MAX:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP]
        if body:
            headers.append(("content-length", str(len(body))))
        try:
            certificate = self.connection.getpeercert(binary_form=True)
            answer = self.server.box.pass_on(self.command, self.path, headers, body, certificate)
        except httpx.TransportError:
            # The answer never came, or was taken away on purpose: the sender sees a broken connection.
            self.close_connection = True
            return
        self._answer(answer)

    def _answer(self, answer: httpx.Response) -> None:
        self.send_response_only(answer.status_code)
        for name, value in answer.headers.multi_items():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
        self.wfile.flush()
