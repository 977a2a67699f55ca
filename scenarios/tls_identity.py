"""An application's TLS key in a file of its own, and the certificate that the bank signs for it.

Made by whoever plays an application; the bank sees the request and never the key.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bank_sim.sdk.server import ClientCertificate
from scenarios.authority import encrypted_pem, write_private


class TlsIdentity:
    """A fresh key, ECDSA P-256. ``folder``: where it is to lie, encrypted."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.pem"
        self.passphrase = secrets.token_urlsafe(24)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = name

    def request(self) -> str:
        """A PKCS #10 request (PEM), signed by the key."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._name)])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self._key, hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode()

    def forged(self) -> str:
        """The same request as somebody sends it who has only seen its key: the signature is not the key's."""
        genuine = x509.load_pem_x509_csr(self.request().encode()).public_bytes(serialization.Encoding.DER)
        spoiled = genuine[:-1] + bytes([genuine[-1] ^ 1])
        return x509.load_der_x509_csr(spoiled).public_bytes(serialization.Encoding.PEM).decode()

    def keep(self, certificate_pem: str) -> ClientCertificate:
        """Lay key and certificate into one file, for a channel to show."""
        write_private(self.path, encrypted_pem(self._key, self.passphrase.encode()) + certificate_pem.encode())
        return ClientCertificate(self.path, self.path, self.passphrase.encode())
