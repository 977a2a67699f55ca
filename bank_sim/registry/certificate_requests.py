"""A certificate request (PKCS #10, RFC 2986) as an application hands it in, judged before anything is signed.

Its signature by its own key is the proof of possession (JR/T 0185 9.2.1 a; RFC 2986 section 3). Values only: whether
the key was certified before, and who the applicant is, others ask.
"""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.free_text import require_plain_text
from bank_sim.sdk.protocol.problems import Problem

# What OpenSSL's default security level lets into a handshake, and what an RSA signature may cost the gateway.
_RSA_BITS = range(2048, 4097)
_CHARS_MAX = 8192
_NAME_CHARS_MAX = 64  # RFC 5280 appendix A.1: ub-common-name
_NAMED_ALLOWED = frozenset(
    {
        NameOID.COMMON_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
        NameOID.COUNTRY_NAME,
        NameOID.STATE_OR_PROVINCE_NAME,
        NameOID.LOCALITY_NAME,
    }
)
_KEYS = (
    "TLS here takes ECDSA P-256 or RSA keys (2048 to 4096 bits), and the certificate request has another one; SM2 works"
    " above TLS, in jwks."
)


def certificate_request_of(pem: str) -> x509.CertificateSigningRequest:
    """The request, fit to be signed: CERT_REQUEST_INVALID, KEY_NOT_PROVEN."""
    request = read_request(pem)
    require_signable(request)
    return request


def read_request(pem: str) -> x509.CertificateSigningRequest:
    """One PKCS #10 request in PEM, of moderate size, with a key that TLS takes here: CERT_REQUEST_INVALID."""
    if len(pem) > _CHARS_MAX or pem.count("-----BEGIN") != 1:
        raise _invalid(f"certificate_request: one PKCS #10 request in PEM, up to {_CHARS_MAX} characters.")
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        _require_key(request.public_key())
    except UnsupportedAlgorithm as error:
        raise _invalid(_KEYS) from error
    except (ValueError, x509.InvalidVersion) as error:
        raise _invalid("certificate_request: this is no PKCS #10 request in PEM.") from error
    return request


def require_signable(request: x509.CertificateSigningRequest) -> None:
    """CERT_REQUEST_INVALID, KEY_NOT_PROVEN.

    1. It is signed with SHA-256 or better.   2. By its own key.   3. It names one holder, in text that staff can read.
    """
    try:
        if not isinstance(request.signature_hash_algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
            raise _invalid("certificate_request: sign it with SHA-256, SHA-384 or SHA-512.")
        if not request.is_signature_valid:
            raise problems.KEY_NOT_PROVEN.problem("The certificate request is not signed by its own key.")
        _require_named(request.subject)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _invalid("certificate_request: its signature or its subject cannot be read.") from error


def organization_of(request: x509.CertificateSigningRequest) -> str | None:
    """The organization that the certificate would name; None where it names none."""
    named = request.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(named[0].value) if named else None


def key_sha256(holder: x509.CertificateSigningRequest | x509.Certificate) -> str:
    """By which a key is known again, in hex: SHA-256 of its SubjectPublicKeyInfo."""
    public = holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()


def _require_key(key: object) -> None:
    p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    if not p256 and not (isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS):
        raise _invalid(_KEYS)


def _require_named(subject: x509.Name) -> None:
    """Exactly one common name; nothing that nobody has verified, such as an e-mail address."""
    if any(each.oid not in _NAMED_ALLOWED for each in subject):
        raise _invalid("certificate_request: the subject may name CN, O, OU, C, ST and L.")
    for oid, count in ((NameOID.COMMON_NAME, 1), (NameOID.ORGANIZATION_NAME, 0)):
        found = len(subject.get_attributes_for_oid(oid))
        if not count <= found <= 1:
            raise _invalid("certificate_request: the subject names one CN, and O once at most.")
    for each in subject:
        if len(each.value) > _NAME_CHARS_MAX:
            raise _invalid(f"certificate_request: a name in the subject has more than {_NAME_CHARS_MAX} characters.")
        _require_text(each)


def _require_text(named: x509.NameAttribute[str | bytes]) -> None:
    if not isinstance(named.value, str):
        raise _invalid("certificate_request: names in the subject are text.")
    try:
        require_plain_text("certificate_request", named.value)
    except Problem as problem:
        raise _invalid(problem.detail or "") from problem


def _invalid(detail: str) -> Problem:
    return problems.CERT_REQUEST_INVALID.problem(detail)
