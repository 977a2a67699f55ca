"""A certificate request is signed only if its key is fit for TLS, signed it, and its subject can be read."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bank_sim.registry.certificate_requests import certificate_request_of
from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol.problems import Problem
from tests.certificates import SHOP, of_another_key, request_pem
from tests.registry.conftest import Office

WEAK_RSA = rsa.generate_private_key(65537, 1024)


def named(oid: x509.ObjectIdentifier, value: str) -> tuple[x509.NameAttribute[str], ...]:
    return (x509.NameAttribute(oid, value),)


FAULTS = {
    "nothing": (lambda: "", "CERT_REQUEST_INVALID"),
    "no request": (lambda: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", None),
    "two requests": (lambda: request_pem() + request_pem(), None),
    "too long": (lambda: request_pem() + " " * 8192, None),
    "P-384": (lambda: request_pem(ec.generate_private_key(ec.SECP384R1())), None),
    "weak RSA": (lambda: request_pem(WEAK_RSA), None),
    "Ed25519": (lambda: ed25519_request(), None),
    "SHA-224": (lambda: request_pem(digest=hashes.SHA224()), None),
    "nobody named": (lambda: request_pem(subject=()), None),
    "two names": (lambda: request_pem(subject=SHOP + SHOP), None),
    "an e-mail address": (lambda: request_pem(subject=SHOP + named(NameOID.EMAIL_ADDRESS, "a@b")), None),
    "a hidden character": (lambda: request_pem(subject=named(NameOID.COMMON_NAME, "sh\u202eop")), None),
    "another's key": (lambda: of_another_key(request_pem()), "KEY_NOT_PROVEN"),
}


def ed25519_request() -> str:
    draft = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(SHOP))
    return draft.sign(ed25519.Ed25519PrivateKey.generate(), None).public_bytes(Encoding.PEM).decode()


@pytest.mark.clause("9.2.1-a-1.1", "9.2.1-a-1.2")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_request_with_one_fault_is_refused_and_nothing_is_registered(office: Office, fault: str) -> None:
    make, code = FAULTS[fault]
    with pytest.raises(Problem) as refused:
        office.registry.register(Registration(name="party", certificate_request_pem=make()))
    assert refused.value.code == (code or "CERT_REQUEST_INVALID")
    assert office.store.read("SELECT count(*) FROM applications") == [(0,)]


@pytest.mark.clause("9.2.1-a-1.1", "7.2.1-a-1")
@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_a_sound_request_comes_back_as_a_certificate_of_that_key_and_name(
    office: Office, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    issued = office.registry.register(Registration(name="party", certificate_request_pem=request_pem(key)))
    certificate = x509.load_pem_x509_certificate(str(issued.certificate_pem).encode())
    assert certificate.public_key() == key.public_key()
    assert certificate.subject == x509.Name(SHOP)
    point = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0]
    assert point.full_name is not None
    assert point.full_name[0].value == "https://localhost:8440/oauth/crl"
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_and_a_request_for_one_are_not_taken_together(office: Office) -> None:
    with pytest.raises(Problem, match=r"^PARAM_INVALID.*not both"):
        office.registry.register(Registration(name="p", certificate_pem="x", certificate_request_pem=request_pem()))


def test_no_changed_byte_of_a_request_makes_more_of_it_than_a_refusal() -> None:
    """Other versions, curves, key types and names that no specification knows are among them."""
    for damaged in each_byte_changed(request_pem()):
        with pytest.raises(Problem) as refused:
            certificate_request_of(damaged)
        assert refused.value.code in ("CERT_REQUEST_INVALID", "KEY_NOT_PROVEN")


def each_byte_changed(pem: str) -> Iterator[str]:
    encoded = x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER)
    for position, byte in enumerate(encoded):
        changed = encoded[:position] + bytes([byte ^ 0x41]) + encoded[position + 1 :]
        body = encodebytes(changed).decode()
        yield f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"
