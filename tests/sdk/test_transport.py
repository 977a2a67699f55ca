"""The channel trusts the pinned authority alone, and shows the application's certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from bank_sim.sdk.clock import SystemClock
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient, BankSettings, ClientCertificate, ClientKeys
from bank_sim.sdk.transport import open_channel
from scenarios.authority import Authority, encrypted_pem
from tests.certificates import client_authority, issued_by, request_pem

PASSPHRASE = b"a passphrase"


@dataclass
class Endpoint:
    """A TLS server that answers every request alike and notes which client certificates it saw."""

    context: ssl.SSLContext
    seen: list[bytes | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            with plain:
                self._answer(plain)

    def _answer(self, plain: socket.socket) -> None:
        try:
            with self.context.wrap_socket(plain, server_side=True) as connection:
                connection.recv(65536)
                self.seen.append(connection.getpeercert(binary_form=True))
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        except OSError:
            self.seen.append(None)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.mint(tmp_path, PASSPHRASE, datetime.now(UTC))


@pytest.fixture
def endpoint(authority: Authority, certificate: ClientCertificate, tmp_path: Path) -> Iterator[Endpoint]:
    authority.issue_server(tmp_path, "tls", ["bank.localhost"], PASSPHRASE, datetime.now(UTC))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tmp_path / "client-ca.crt"))
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key", PASSPHRASE)
    context.verify_mode = ssl.CERT_OPTIONAL
    endpoint = Endpoint(context)
    yield endpoint
    endpoint.close()


@pytest.fixture
def certificate(tmp_path: Path) -> ClientCertificate:
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "client.crt").write_bytes(issued_by(client_authority(tmp_path), request_pem(key)))
    (tmp_path / "client.key").write_bytes(encrypted_pem(key, PASSPHRASE))
    return ClientCertificate(tmp_path / "client.crt", tmp_path / "client.key", PASSPHRASE)


@pytest.mark.clause("7.2.1-a-2.1")
def test_the_channel_shows_the_applications_certificate(
    endpoint: Endpoint, certificate: ClientCertificate, tmp_path: Path
) -> None:
    with closing(open_channel(tmp_path / "ca.crt", certificate, 5)) as channel:
        assert channel.get(endpoint.url).status_code == 204
    issued = x509.load_pem_x509_certificate(certificate.certificate.read_bytes())
    assert [seen and x509.load_der_x509_certificate(seen) for seen in endpoint.seen] == [issued]


@pytest.mark.clause("7.2.1-a-2.2")
def test_a_server_of_another_authority_is_not_the_bank(endpoint: Endpoint, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Authority.mint(other, PASSPHRASE, datetime.now(UTC))
    settings = _settings(endpoint.url, other / "ca.crt")
    keys = ClientKeys(keypairs.generate("intl", "sig"), keypairs.generate("intl", "enc"))
    with BankClient(settings, keys, SystemClock()) as client, pytest.raises(Problem) as refused:
        client.call("products.list", "GET", "/api/products")
    assert refused.value.code == "BANK_IDENTITY_INVALID"


def test_the_channel_takes_no_proxy_from_the_environment(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with closing(open_channel(tmp_path / "ca.crt", None, 5)) as channel:
        assert channel.get(endpoint.url).status_code == 204


def test_the_channel_keeps_no_cookie_and_goes_where_it_was_sent(tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def plants(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(307, headers={"set-cookie": "known=1", "location": "https://elsewhere.test/"})

    with closing(open_channel(tmp_path / "none", None, 5, httpx.MockTransport(plants))) as channel:
        answers = [channel.get("https://localhost/a"), channel.request("POST", "https://localhost/b", {"x": "y"}, b"z")]
    assert [each.status_code for each in answers] == [307, 307]
    assert [str(each.url) for each in asked] == ["https://localhost/a", "https://localhost/b"]
    assert [sorted(each.headers) for each in asked] == [["host"], ["content-length", "host", "x"]]


@pytest.mark.clause("9.3.3-1.2")
def test_a_bank_that_stays_silent_did_not_get_the_message(authority: Authority, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = _settings(f"https://localhost:{silent.getsockname()[1]}", tmp_path / "ca.crt", timeout_s=0.2)
        keys = ClientKeys(keypairs.generate("intl", "sig"), keypairs.generate("intl", "enc"))
        with BankClient(settings, keys, SystemClock()) as client, pytest.raises(Problem) as refused:
            client.call("transfers.execute", "POST", "/api/transfers/t/execute", body={}, idempotency_key="k")
    assert refused.value.code == "SERVICE_UNAVAILABLE"


def _settings(url: str, ca_certificate: Path, **changes: Any) -> BankSettings:
    jwks = {"keys": [keypairs.generate("intl", use).public.jwk() for use in ("sig", "enc")]}
    return BankSettings("app_a", url, "https://b/a", "https://w/c", "intl", jwks, ca_certificate, **changes)
