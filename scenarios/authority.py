"""The local certification authority: it lets the parties know each other's TLS endpoints on this machine.

Minted on first start, ECDSA P-256 (SM2 is not in Python's ssl: the channel is ECDSA, SM2 works above it). Its key
lies encrypted in the home; it signs server certificates, while the bank signs its applications' client certificates
itself. Name constraints (RFC 5280 4.2.1.10) keep it to this machine: whoever trusts it trusts localhost,
``*.localhost`` and 127.0.0.1, no bank of the real world.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scenarios.failures import BrokenSurroundings

AUTHORITY_DAYS = 3650
LEAF_DAYS = 397
# A clock that is a little behind must not find a fresh certificate "not yet valid".
BACKDATED = timedelta(minutes=5)
# As a constraint "localhost" stands for itself and for every name below it.
_THIS_MACHINE = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_network("127.0.0.1/32")))


class Authority:
    """Signs certificates; made by ``mint`` on first start, by ``load`` afterwards."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self.certificate = certificate

    @classmethod
    def mint(cls, folder: Path, passphrase: bytes, now: datetime) -> Authority:
        """Make a key pair and a self-signed certificate; write ``ca.key`` (encrypted, 0600) and ``ca.crt``."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("bank-api-sandbox local CA")
        draft = _draft(name, name, key.public_key(), now, AUTHORITY_DAYS)
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        draft = draft.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        draft = draft.add_extension(x509.NameConstraints(list(_THIS_MACHINE), None), critical=True)
        draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        certificate = draft.sign(key, hashes.SHA256())
        write_private(folder / "ca.key", encrypted_pem(key, passphrase))
        (folder / "ca.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(key, certificate)

    @classmethod
    def load(cls, folder: Path, passphrase: bytes) -> Authority:
        """Open an existing authority; a wrong passphrase is the user's to mend, so it is said in one line."""
        try:
            certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        except ValueError as error:
            raise BrokenSurroundings(
                f"{folder / 'ca.crt'} is damaged; choose another --home, or delete this one with: bank-sandbox reset"
            ) from error
        try:
            key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BrokenSurroundings(f"The passphrase does not open the keys in {folder.parent}.") from error
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(key, certificate)

    def issue_server(self, folder: Path, stem: str, hosts: Sequence[str], passphrase: bytes, now: datetime) -> None:
        """Write ``<stem>.crt`` and ``<stem>.key`` (encrypted) for listeners named localhost and ``hosts``."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(each) for each in dict.fromkeys(("localhost", *hosts))]
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        draft = _draft(_name(hosts[0]), self.certificate.subject, key.public_key(), now, LEAF_DAYS)
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        draft = draft.add_extension(_usage(digital_signature=True), critical=True)
        draft = draft.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        draft = draft.add_extension(issuer_key, critical=False)
        draft = draft.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = draft.sign(self._key, hashes.SHA256())
        write_private(folder / f"{stem}.key", encrypted_pem(key, passphrase))
        (folder / f"{stem}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def encrypted_pem(key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> bytes:
    """PKCS 8 PEM under ``passphrase`` (JR/T 0185 9.3.5-2.1: keys are stored encrypted)."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may ever read, not even for the moment between creation and chmod."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "bank-api-sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _draft(
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, now: datetime, days: int
) -> x509.CertificateBuilder:
    now = now.astimezone(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
