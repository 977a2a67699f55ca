"""The wallet's TLS client certificate: it lies in one file with its key, so that neither is there without the other.

A new key waits, encrypted, in a file of its own until the bank has signed the request for it; then one renaming puts
both in place (JR/T 0185 7.3.4, 9.3.5-2.1). TLS knows no SM2 here, so the key is ECDSA P-256 whatever the suite. Must
not know the bank.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from app_sim.vault import write_private

_FILE, _NEXT = "client.pem", "client.next.key"
_NAME_HEX = 16


@dataclass(frozen=True, slots=True)
class Presented:
    """The certificate that the wallet shows now. ``name``: how logs call it, at the bank's as here."""

    sha256: str
    not_after_ms: int

    @property
    def name(self) -> str:
        return f"certificate {self.sha256[:_NAME_HEX]}"


def file_of(keys: Path) -> Path:
    """Where certificate and encrypted key lie, for the TLS library."""
    return keys / _FILE


def presented(keys: Path) -> Presented | None:
    """None where the wallet has no certificate."""
    path = file_of(keys)
    if not path.exists():
        return None
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    fingerprint = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    return Presented(fingerprint, int(certificate.not_valid_after_utc.timestamp() * 1000))


def request(keys: Path, passphrase: bytes, holder: str) -> bytes:
    """A request (PKCS #10, PEM) for the key that waits; one that an earlier try has left there is taken up again."""
    path = keys / _NEXT
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        encryption = BestAvailableEncryption(passphrase)
        write_private(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, holder)])
    draft = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return draft.sign(_waiting(keys, passphrase), hashes.SHA256()).public_bytes(Encoding.PEM)


def put_in_place(keys: Path, passphrase: bytes, certificate_pem: bytes) -> Presented:
    """Let the waiting key and its certificate take the place of the present ones, whose key is gone with that.

    ``ValueError`` for the certificate of another key: nothing was changed.
    """
    certified = x509.load_pem_x509_certificate(certificate_pem).public_key()
    if _spki(certified) != _spki(_waiting(keys, passphrase).public_key()):
        raise ValueError("the certificate is not the waiting key's")
    write_private(file_of(keys), (keys / _NEXT).read_bytes() + certificate_pem)
    (keys / _NEXT).unlink()
    found = presented(keys)
    assert found is not None
    return found


def _waiting(keys: Path, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key((keys / _NEXT).read_bytes(), passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{_NEXT} holds no elliptic-curve key")
    return key


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
