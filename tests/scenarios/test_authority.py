"""The sandbox's authority can speak for this machine only, and whoever trusts it risks nothing else."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scenarios.authority import Authority
from tests.certificates import client_authority, issued_by, request_pem

PASSPHRASE = b"authority"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority with certificates for a sandbox host and a stranger's host, and a client of the bank's own."""
    folder, now = tmp_path_factory.mktemp("authority"), datetime.now(UTC)
    authority = Authority.mint(folder, PASSPHRASE, now)
    authority.issue_server(folder, "ours", ["bank.localhost"], PASSPHRASE, now)
    authority.issue_server(folder, "theirs", ["bank.example"], PASSPHRASE, now)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = request_pem(key, (x509.NameAttribute(NameOID.COMMON_NAME, "api.partner.example"),))
    (folder / "client.crt").write_bytes(issued_by(client_authority(folder), pem))
    (folder / "client.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


def shaken(folder: Path, stem: str, host: str) -> str:
    """The client's common name as the server sees it after a handshake in which both show certificates."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / f"{stem}.crt", folder / f"{stem}.key", PASSPHRASE)
    server.load_verify_locations(folder / "client-ca.crt")
    server.verify_mode = ssl.CERT_REQUIRED
    client = ssl.create_default_context(cafile=folder / "ca.crt")
    client.load_cert_chain(folder / "client.crt", folder / "client.key")
    near, far = socket.socketpair()
    seen: list[str] = []

    def answer() -> None:
        try:
            with server.wrap_socket(far, server_side=True) as channel:
                seen.append(str(channel.getpeercert()))
        except ssl.SSLError:
            far.close()

    answering = threading.Thread(target=answer)
    answering.start()
    try:
        with client.wrap_socket(near, server_hostname=host) as channel:
            channel.recv(1)
    finally:
        near.close()
        answering.join()
    return seen[0]


@pytest.mark.parametrize("host", ["bank.localhost", "localhost", "127.0.0.1"])
def test_it_speaks_for_this_machine(folder: Path, host: str) -> None:
    assert "api.partner.example" in shaken(folder, "ours", host)


def test_nobody_believes_it_a_name_of_the_real_world(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shaken(folder, "theirs", "bank.example")


def test_its_constraints_are_critical(folder: Path) -> None:
    certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [str(each.value) for each in constraints.value.permitted_subtrees or ()] == ["localhost", "127.0.0.1/32"]
