"""A real server of the edge's parts for each test module: its own CA, its own processes, raw sockets to reach it."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scenarios import ports

SERVER = Path(__file__).with_name("echo_server.py")
PASSPHRASE = b"a passphrase for a test"
DEADLINE_S = 15.0


def eventually(fact: Callable[[], Any], what: str) -> Any:
    """Wait for an event in another process; a deadline makes it a failure."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if found := fact():
            return found
        time.sleep(0.01)
    raise AssertionError(f"it never came to pass: {what}")


def free_ports() -> tuple[int, int]:
    found = ports.free_ports()
    return found.gateway, found.pages


SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """A certification authority that lives for one test run."""

    def __init__(self, folder: Path, name: str = "test CA") -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        draft = self._draft(self.name, self.key.public_key())
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        draft = draft.add_extension(SIGNS_CERTIFICATES, critical=True)
        self.certificate = draft.sign(self.key, hashes.SHA256())
        self.path = folder / f"{name}.crt"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        draft = self._draft(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key())
        draft = draft.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        draft = draft.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        certificate = draft.sign(self.key, hashes.SHA256())
        paths = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(PASSPHRASE),
            )
        )
        return paths

    def _draft(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            # Python 3.13 verifies strictly, as RFC 5280 wants it.
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """A TLS connection that sends whatever bytes a test wants to send."""

    def __init__(self, port: int, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> None:
        """``session``: one to be resumed."""
        self._plain = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        try:
            self.socket = context.wrap_socket(self._plain, server_hostname="localhost", session=session)
        except OSError:
            self._plain.close()
            raise
        self._file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> Answer:
        """The next answer; fails if the connection ends first."""
        status_line = self._file.readline()
        assert status_line.startswith(b"HTTP/1.1 "), f"no answer but {status_line!r}"
        headers = {}
        while (line := self._file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.decode().lower()] = value.strip().decode()
        return Answer(int(status_line.split()[1]), headers, self._file.read(int(headers.get("content-length", 0))))

    def ask(self, data: bytes) -> Answer:
        self.send(data)
        return self.answer()

    def at_end(self) -> bool:
        """Whether the server has closed, with nothing more to read."""
        try:
            return self._file.read(1) == b""
        except (ConnectionResetError, ssl.SSLError):
            return True

    def close(self) -> None:
        self._file.close()
        self.socket.close()


class Server:
    """The echo server in processes of its own: two workers for one listener, one worker for another."""

    def __init__(
        self,
        folder: Path,
        authority: Authority,
        settings: dict[str, Any] | None = None,
        ports: tuple[int, int] | None = None,
    ) -> None:
        self.authority = authority
        self._connections: list[Connection] = []
        self.reports_file = folder / "reports.jsonl"
        self.log_file = folder / "edge.log"
        self.port, self.other_port = ports or free_ports()
        certificate, key = authority.issue("server")
        arguments = {
            "ports": [self.port, self.other_port],
            "certificate": str(certificate),
            "key": str(key),
            "ca": str(authority.path),
            "reports": str(self.reports_file),
            "log": str(self.log_file),
            "policy": settings or {},
        }
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdin is not None
        self.first_line = self.process.stdout.readline().decode().strip()

    def context(self, certificate: tuple[Path, Path] | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority.path))
        if certificate is not None:
            context.load_cert_chain(*certificate, password=PASSPHRASE)
        return context

    def connect(self, certificate: tuple[Path, Path] | None = None) -> Connection:
        connection = Connection(self.port, self.context(certificate))
        self._connections.append(connection)
        return connection

    def ask(self, data: bytes) -> Answer:
        return self.connect().ask(data)

    def hang_up(self) -> None:
        """Close every connection of the test that has ended."""
        while self._connections:
            self._connections.pop().close()

    def reports(self) -> list[dict[str, Any]]:
        if not self.reports_file.exists():
            return []
        return [json.loads(line) for line in self.reports_file.read_text().splitlines()]

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def stop(self) -> int:
        """SIGTERM, then the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> int:
        code = self.process.wait(DEADLINE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        return code


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def module_server(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a module; short patience, so that tests of slowness are quick."""
    server = Server(tmp_path_factory.mktemp("server"), authority, {"body_timeout_s": 1, "head_timeout_s": 1})
    yield server
    assert server.stop() == 0


@pytest.fixture
def server(module_server: Server) -> Iterator[Server]:
    """The module's server, for tests that leave it as they found it."""
    yield module_server
    module_server.hang_up()


@pytest.fixture
def own_server(authority: Authority, tmp_path: Path) -> Iterator[Server]:
    """A server for one test that does something to its processes."""
    server = Server(tmp_path, authority)
    yield server
    server.hang_up()
    if server.process.poll() is None:
        server.process.kill()
    server.end()
