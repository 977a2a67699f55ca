"""The channel: TLS 1.2 or later, strong suites, and client certificates that the bank's CA issued."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from bank_sim.edge.tls import TlsFilesUnusable, server_context
from tests.edge.conftest import Authority, Connection, Server

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def handshake(server: Server, context: ssl.SSLContext) -> tuple[str | None, str]:
    """The protocol version and cipher suite that came of it."""
    connection = Connection(server.port, context)
    try:
        assert connection.ask(GET).status == 200
        cipher = connection.socket.cipher()
        assert cipher is not None
        return connection.socket.version(), cipher[0]
    finally:
        connection.close()


@pytest.mark.clause("9.2.2-3.1", "9.2.2-3.2")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(server: Server, version: ssl.TLSVersion) -> None:
    context = server.context()
    context.minimum_version = context.maximum_version = version
    assert handshake(server, context)[0] == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]


@pytest.mark.clause("9.2.2-3.2")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_tls_1_1_is_refused(server: Server) -> None:
    context = server.context()
    # Level 0, else this client itself would not offer TLS 1.1.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        Connection(server.port, context)


def test_tls_1_2_without_forward_secrecy_or_authenticated_encryption_is_refused(server: Server) -> None:
    context = server.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        Connection(server.port, context)


@pytest.mark.clause("9.2.2-3.1")
def test_plain_http_gets_no_http_answer(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
        plain.sendall(GET)
        assert b"HTTP" not in plain.recv(1024)


def test_a_client_certificate_of_the_ca_reaches_the_application(server: Server) -> None:
    certificate = server.authority.issue("client", ExtendedKeyUsageOID.CLIENT_AUTH)
    facts = server.connect(certificate).ask(GET).json
    der = ssl.PEM_cert_to_DER_cert(certificate[0].read_text())
    assert facts["certificate_bytes"] == len(der)


def test_a_client_certificate_of_another_ca_ends_the_handshake(server: Server, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "other CA").issue("stranger", ExtendedKeyUsageOID.CLIENT_AUTH)
    # In TLS 1.3 the client learns of the refusal with its first read.
    with pytest.raises(ssl.SSLError, match="UNKNOWN_CA"):
        server.connect(stranger).ask(GET)


def test_a_stalled_handshake_keeps_nobody_waiting(server: Server) -> None:
    stalled = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(20)]
    try:
        assert server.ask(GET).status == 200
    finally:
        for each in stalled:
            each.close()


def test_nagle_is_off_on_the_servers_side(server: Server) -> None:
    # Two small answers in a row would meet a 40 ms delayed acknowledgement if it were on.
    connection = server.connect()
    connection.send(GET * 10)
    assert [connection.answer().status for _ in range(10)] == [200] * 10


def test_a_key_that_does_not_open_is_one_clear_error(authority: Authority) -> None:
    certificate, key = authority.issue("locked")
    with pytest.raises(TlsFilesUnusable, match=r"locked\.crt or its key cannot be used"):
        server_context(certificate, key, b"wrong")
    with pytest.raises(TlsFilesUnusable, match="No such file"):
        server_context(certificate.with_suffix(".gone"), key, b"wrong")
