"""Client certificates change: a new one is bound with an overlap, a revoked one is refused at the next call."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bank_sim.keys.custody import Change
from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol.problems import Problem
from scenarios.authority import Authority

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town

DAY_S = 86_400


@pytest.fixture
def authority(town: Town) -> Authority:
    """The authority that the bank's settings name."""
    folder: Path = town.bank.config.ca_certificate.parent
    made = Authority.mint(folder, b"a passphrase", datetime.now(UTC))
    (folder / "ca.crt").rename(town.bank.config.ca_certificate)
    return made


def issued(authority: Authority) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return authority.issue_client(request.public_bytes(Encoding.PEM), datetime.now(UTC)).decode()


def der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def renew(town: Town, party: Party, pem: str) -> None:
    application = town.registry.application(party.app_id)
    assert application is not None
    with town.store.write() as db:
        town.bank.certificates.renew(db, application, pem, Change(party.app_id, "a test", town.clock.now_ms()))


def call(town: Town, party: Party, certificate: bytes | None) -> str | None:
    return town.send(party.message("GET", "/api/products", certificate=certificate)).code


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-1.1")
def test_old_and_new_certificate_serve_side_by_side_and_then_the_new_one_alone(
    town: Town, party: Party, authority: Authority
) -> None:
    old, new = issued(authority), issued(authority)
    renew(town, party, old)
    assert call(town, party, None) == "CERT_REQUIRED"
    renew(town, party, new)
    assert [call(town, party, der(each)) for each in (old, new)] == [None, None]
    town.clock.advance(14 * DAY_S)
    assert [call(town, party, der(each)) for each in (old, new)] == ["CERT_APP_MISMATCH", None]


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
def test_a_revoked_certificate_is_refused_at_the_next_call_in_every_worker(
    town: Town, party: Party, authority: Authority
) -> None:
    certificate = issued(authority)
    renew(town, party, certificate)
    other = town.reopened()
    assert call(other, party, der(certificate)) is None
    with town.store.write() as db:
        fingerprint = hashlib.sha256(der(certificate)).hexdigest()
        town.bank.certificates.revoke(db, fingerprint, Change("staff", "a test", town.clock.now_ms()))
    assert call(other, party, der(certificate)) == "CERT_REVOKED"
    assert call(town, party, None) == "CERT_REQUIRED"
    events = town.store.read("SELECT type, subject FROM events WHERE type = 'certificate.revoked'")
    assert events == [("certificate.revoked", fingerprint)]
    other.close()


@pytest.mark.parametrize("wrong", ["self-made", "taken already", "no certificate"])
def test_a_certificate_that_may_not_be_bound_is_refused_and_changes_nothing(
    town: Town, party: Party, authority: Authority, wrong: str
) -> None:
    bound = issued(authority)
    renew(town, party, bound)
    before = town.store.read("SELECT * FROM applications"), town.store.read("SELECT * FROM ended_certificates")
    offered = {"self-made": town.certificate()[1], "taken already": bound, "no certificate": "nothing"}[wrong]
    with pytest.raises(Problem, match=r"^PARAM_INVALID"):
        renew(town, party, offered)
    after = town.store.read("SELECT * FROM applications"), town.store.read("SELECT * FROM ended_certificates")
    assert after == before


@pytest.mark.clause("7.3.4-1", "9.2.1-a-2.2")
def test_nobody_registers_with_a_certificate_that_was_somebody_elses(
    town: Town, party: Party, authority: Authority
) -> None:
    old, new = issued(authority), issued(authority)
    renew(town, party, old)
    renew(town, party, new)
    for taken in (old, new):
        with pytest.raises(Problem, match=r"^PARAM_INVALID"):
            town.registry.register(Registration(name="Squatter", certificate_pem=taken, apis="public", secret=True))
    assert call(town, party, der(old)) is None
