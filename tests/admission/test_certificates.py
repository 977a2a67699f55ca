"""An applicant asks for a TLS client certificate with its keys: proven by the request, signed with the credentials."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bank_sim.keys.custody import Change
from bank_sim.registry.certificate_requests import certificate_request_of
from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol.problems import Problem
from tests.admission.conftest import COMPANY, Place
from tests.certificates import SHOP, of_another_key, request_pem

CERTIFIED = ec.generate_private_key(ec.SECP256R1())


def organization(name: str) -> tuple[x509.NameAttribute[str], ...]:
    return (*SHOP, x509.NameAttribute(NameOID.ORGANIZATION_NAME, name))


def offer(place: Place, request: str) -> None:
    place.do("offer_keys", {"keys": [place.signing.public.jwk(), place.opening.public.jwk()]}, request)


@pytest.mark.clause("9.2.1-a-1.1", "9.2.1-a-1.2", "7.2.1-a-1")
def test_the_request_is_signed_with_the_credentials_and_no_sooner(place: Place) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    place.until("approved")
    offer(place, request_pem(key, organization(COMPANY.name)))
    place.do("prove_keys", place.proof())
    place.until("agreed")
    assert place.bank.store.read("SELECT count(*) FROM issued_certificates") == [(0,)]
    credentials = place.do("issue")
    certificate = x509.load_pem_x509_certificate(credentials.certificate_pem.encode())
    assert certificate.public_key() == key.public_key()
    assert place.bank.certificates.pem_of(credentials.app_id) == credentials.certificate_pem


@pytest.mark.clause("9.2.1-a-1.2", "9.1.2-2.1")
@pytest.mark.parametrize(
    ("request_of", "code"),
    [
        (lambda: of_another_key(request_pem()), "KEY_NOT_PROVEN"),
        (lambda: "-----BEGIN CERTIFICATE-----", "CERT_REQUEST_INVALID"),
        (lambda: request_pem(subject=organization("Another company")), "CERT_REQUEST_INVALID"),
        (lambda: request_pem(CERTIFIED), "KEY_INVALID"),
    ],
    ids=["another's key", "a certificate of its own", "another's name", "a key that was certified"],
)
def test_a_request_with_a_fault_is_refused_and_the_case_stays_as_it_was(
    place: Place, request_of: Callable[[], str], code: str
) -> None:
    place.bank.registry.register(Registration(name="first", certificate_request_pem=request_pem(CERTIFIED)))
    place.until("approved")
    before = place.case
    with pytest.raises(Problem) as refused:
        offer(place, request_of())
    assert refused.value.code == code
    assert place.case == before


def test_a_key_that_was_certified_elsewhere_meanwhile_gets_no_credentials(place: Place) -> None:
    request = request_pem()
    place.until("approved")
    offer(place, request)
    place.do("prove_keys", place.proof())
    place.until("agreed")
    other = place.bank.registry.register(Registration(name="first", apis="public"))
    with place.bank.store.write() as db:
        change = Change("a test", "a race", place.now_ms)
        place.bank.certificates.issue(db, other.app_id, certificate_request_of(request), change)
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        place.do("issue")
    assert place.case.stage == "agreed"
    assert place.case.app_id is None
