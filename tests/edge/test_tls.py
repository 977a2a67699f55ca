"""The channel: TLS 1.2 or later, strong suites, and client certificates that the bank's CA issued."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from bank_sim.edge.tls import Handshake, TlsFilesUnusable, TlsPolicy, server_context
from bank_sim.sdk.protocol.problems import Problem
from tests.edge.conftest import Authority, Connection, Server, eventually

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


def test_whoever_offers_too_little_is_on_record_once_a_second(own_server: Server) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", own_server.port), timeout=5) as plain:
            plain.sendall(GET)
            plain.recv(1024)

    # Each of the two workers keeps count by itself, and a second may turn meanwhile.
    records = eventually(own_server.reports, "a record")
    assert {(each["code"], each["method"], each["path"], each["source"]) for each in records} == {
        ("TLS_POLICY", "-", "-", "127.0.0.1")
    }
    assert len(records) <= 4


def test_a_handshake_that_fails_for_another_reason_leaves_no_record(own_server: Server) -> None:
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        Connection(own_server.port, context)

    assert own_server.ask(GET).status == 200
    assert own_server.reports() == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated:DeprecationWarning")
def test_a_training_takes_old_versions_and_its_end_takes_them_back(authority: Authority) -> None:
    weakened: set[str] = set()
    policy = TlsPolicy(
        server_context(*authority.issue("trained"), b"a passphrase for a test"), lambda: frozenset(weakened)
    )
    old = Handshake(version="TLSv1.1")
    with pytest.raises(Problem, match="TLS_POLICY"):
        policy.judge(old)
    sound = policy.context().minimum_version, {each["name"] for each in policy.context().get_ciphers()}
    weakened.add("tls_version")
    policy.judge(old)
    assert policy.context().minimum_version == ssl.TLSVersion.TLSv1
    weakened.clear()

    assert (policy.context().minimum_version, {each["name"] for each in policy.context().get_ciphers()}) == sound


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
