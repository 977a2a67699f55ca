"""The bank's own certificate authority: it signs applications' TLS client certificates, and the list of revoked ones.

One signer for all of them, trusted by the gateway alone and by no browser (JR/T 0185 7.2.1 a, 9.2.1 a). Its key lies
encrypted under a password that only the vault knows. It judges nobody: who gets a certificate, and whose is revoked,
the registry decides (RFC 5280 is the format's standard).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bank_sim.keys.vault import SealBroken, Vault

_PURPOSE = "client authority"
_DAYS = 3650
# A clock that is a little behind must not find a fresh certificate "not yet valid".
_BACKDATED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ended:
    """One line of the list: a certificate that proves nothing any more, since ``revoked_s`` (seconds since 1970)."""

    serial: int
    revoked_s: float


class ClientAuthority:
    """Made by ``mint`` when a bank is founded, by ``open`` afterwards."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self.certificate = certificate

    @classmethod
    def mint(cls, path: Path, vault: Vault, now_s: float) -> ClientAuthority:
        """A fresh key and a self-signed certificate, written to ``path``; the key beside it, as ``.key``."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "bank-api-sandbox"),
                x509.NameAttribute(NameOID.COMMON_NAME, "Client certificates of the sandbox's bank"),
            ]
        )
        end = _moment(now_s) + timedelta(days=_DAYS)
        draft = _draft(name, name, key.public_key(), now_s, end)
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        draft = draft.add_extension(_usage(authority=True), critical=True)
        draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        certificate = draft.sign(key, hashes.SHA256())
        encryption = BestAvailableEncryption(vault.password(_PURPOSE))
        key_path = path.with_suffix(".key")
        key_path.unlink(missing_ok=True)
        key_path.touch(mode=0o600)
        key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        path.write_bytes(certificate.public_bytes(Encoding.PEM))
        return cls(key, certificate)

    @classmethod
    def open(cls, path: Path, vault: Vault) -> ClientAuthority:
        """``SealBroken`` if its files are missing, damaged or belong to another vault."""
        key_path = path.with_suffix(".key")
        try:
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            key = load_pem_private_key(key_path.read_bytes(), vault.password(_PURPOSE))
        except (FileNotFoundError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SealBroken(f"{key_path} is damaged or belongs to another bank.") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise SealBroken(f"{key_path} is not the key of {path.name}.")
        return cls(key, certificate)

    @property
    def pem(self) -> bytes:
        """Its certificate, for those who check what it has signed."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, request: x509.CertificateSigningRequest, from_s: float, until_s: float, list_url: str
    ) -> x509.Certificate:
        """A client certificate for the request's subject and key; what else the request asks for is not taken over.

        ``list_url``: where whoever sees the certificate learns whether it was revoked.
        """
        name, until = self.certificate.subject, _moment(until_s)
        draft = _draft(request.subject, name, request.public_key(), from_s, until)
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        draft = draft.add_extension(_usage(authority=False), critical=True)
        draft = draft.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
        draft = draft.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return draft.add_extension(issuer_key, critical=False).sign(self._key, hashes.SHA256())

    def signed(self, certificate: x509.Certificate) -> bool:
        """Whether it has issued this certificate, for a client."""
        try:
            certificate.verify_directly_issued_by(self.certificate)
            purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
            return False
        return ExtendedKeyUsageOID.CLIENT_AUTH in purposes

    def revocation_list(
        self, ended: Iterable[Ended], number: int, from_s: float, until_s: float
    ) -> x509.CertificateRevocationList:
        """The list (RFC 5280 section 5). ``number`` grows with the list; ``until_s``: when to ask anew."""
        draft = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        draft = draft.last_update(_moment(from_s)).next_update(_moment(until_s))
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        draft = draft.add_extension(x509.CRLNumber(number), critical=False).add_extension(issuer_key, critical=False)
        for each in ended:
            line = x509.RevokedCertificateBuilder().serial_number(each.serial).revocation_date(_moment(each.revoked_s))
            draft = draft.add_revoked_certificate(line.build())
        return draft.sign(self._key, hashes.SHA256())


def _draft(
    subject: x509.Name, issuer: x509.Name, key: object, from_s: float, until: datetime
) -> x509.CertificateBuilder:
    draft = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)  # type: ignore[arg-type]
    draft = draft.serial_number(x509.random_serial_number())
    return draft.not_valid_before(_moment(from_s) - _BACKDATED).not_valid_after(until)


def _moment(time_s: float) -> datetime:
    return datetime.fromtimestamp(int(time_s), UTC)


def _usage(*, authority: bool) -> x509.KeyUsage:
    """An authority signs certificates and lists, a client its handshakes."""
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
