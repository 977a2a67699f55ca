"""Certificate requests as openssl or a library makes them: sound ones, and ones with a single fault."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bank_sim.keys import ClientAuthority, Vault

SHOP = (x509.NameAttribute(NameOID.COMMON_NAME, "shop"),)


def request_pem(key: Any = None, subject: tuple[Any, ...] = SHOP, digest: Any = None) -> str:
    """A PKCS #10 request; by default for a fresh P-256 key that names a shop."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    draft = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    return draft.sign(key, digest or hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def client_authority(folder: Path) -> ClientAuthority:
    """An authority like the bank's, whose certificate lies in ``folder`` as ``client-ca.crt``."""
    return ClientAuthority.mint(folder / "client-ca.crt", Vault(bytes(32)), time.time())


def issued_by(authority: ClientAuthority, request: str) -> bytes:
    """A certificate (PEM) for a request, for an hour from now."""
    certificate = authority.issue(
        x509.load_pem_x509_csr(request.encode()), time.time(), time.time() + 3600, "https://localhost:8440/oauth/crl"
    )
    return certificate.public_bytes(Encoding.PEM)


def der(certificate_pem: str) -> bytes:
    """The certificate as TLS shows it."""
    return x509.load_pem_x509_certificate(certificate_pem.encode()).public_bytes(Encoding.DER)


def of_another_key(pem: str) -> str:
    """The same request with another public key of the same kind in it, under the old signature."""
    request = x509.load_pem_x509_csr(pem.encode())
    mine, other = (
        _point(each) for each in (request.public_key(), ec.generate_private_key(ec.SECP256R1()).public_key())
    )
    forged = request.public_bytes(Encoding.DER).replace(mine, other)
    return x509.load_der_x509_csr(forged).public_bytes(Encoding.PEM).decode()


def _point(key: Any) -> bytes:
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
