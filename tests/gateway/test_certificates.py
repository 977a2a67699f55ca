"""Client certificates change: a new one is bound with an overlap, a revoked or ended one is refused at once."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from bank_sim.keys.custody import Change
from bank_sim.registry.certificate_requests import certificate_request_of
from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol.problems import Problem
from tests.certificates import der, request_pem

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town

DAY_S = 86_400


def issue(town: Town, party: Party, request: str | None = None) -> str:
    """The certificate (PEM) that the party has now."""
    with town.store.write() as db:
        change = Change(party.app_id, "a test", town.clock.now_ms())
        request = request or request_pem()
        return town.bank.certificates.issue(db, party.app_id, certificate_request_of(request), change).pem


def revoke(town: Town, pem: str) -> str:
    fingerprint = hashlib.sha256(der(pem)).hexdigest()
    with town.store.write() as db:
        town.bank.certificates.revoke(db, fingerprint, Change("staff", "a test", town.clock.now_ms()))
    return fingerprint


def call(town: Town, party: Party, certificate: bytes | None) -> str | None:
    return town.send(party.message("GET", "/api/products", certificate=certificate)).code


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-1.1")
def test_old_and_new_certificate_serve_side_by_side_and_then_the_new_one_alone(town: Town, party: Party) -> None:
    old = issue(town, party)
    assert call(town, party, None) == "CERT_REQUIRED"
    new = issue(town, party)
    assert [call(town, party, der(each)) for each in (old, new)] == [None, None]
    town.clock.advance(14 * DAY_S)
    assert [call(town, party, der(each)) for each in (old, new)] == ["CERT_APP_MISMATCH", None]


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
def test_a_revoked_certificate_is_refused_at_the_next_call_in_every_worker(town: Town, party: Party) -> None:
    certificate = issue(town, party)
    other = town.reopened()
    assert call(other, party, der(certificate)) is None
    fingerprint = revoke(town, certificate)
    assert call(other, party, der(certificate)) == "CERT_REVOKED"
    assert other.records()[-1]["code"] == "CERT_REVOKED"
    assert call(town, party, None) == "CERT_REQUIRED"
    events = town.store.read("SELECT type, subject FROM events WHERE type = 'certificate.revoked'")
    assert events == [("certificate.revoked", fingerprint)]
    other.close()


@pytest.mark.clause("7.3.4-3.1")
def test_a_certificate_ends_on_the_banks_clock_whatever_tls_makes_of_it(town: Town, party: Party) -> None:
    certificate = der(issue(town, party))

    def called() -> str | None:
        return town.send(party.with_secret(party.message("GET", "/api/products", certificate=certificate))).code

    town.clock.advance(town.bank.config.policy.certificate_validity_s - 1)
    assert called() is None
    town.clock.advance(1)
    assert called() == "CERT_EXPIRED"


def test_without_its_row_a_revoked_certificate_goes_on_serving(town: Town, party: Party) -> None:
    certificate = issue(town, party)
    revoke(town, certificate)
    town.switches.weaken(["certificate_state"])
    assert call(town, party, der(certificate)) is None


@pytest.mark.clause("7.3.4-3.2")
def test_who_asks_twice_with_one_request_has_one_certificate(town: Town, party: Party) -> None:
    request = request_pem()
    assert issue(town, party, request) == issue(town, party, request)
    assert town.store.read("SELECT count(*) FROM issued_certificates") == [(1,)]


@pytest.mark.clause("7.3.4-1", "7.3.4-3.2")
@pytest.mark.parametrize("whose", ["its own former", "its own revoked", "another's"])
def test_a_key_is_certified_once(town: Town, party: Party, thief: Party, whose: str) -> None:
    request = request_pem()
    certificate = issue(town, party if whose != "another's" else thief, request)
    if whose == "its own former":
        issue(town, party)
    if whose == "its own revoked":
        issue(town, party)
        revoke(town, certificate)
    before = town.store.read("SELECT * FROM applications"), town.store.read("SELECT * FROM issued_certificates")
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        issue(town, party, request)
    assert (
        town.store.read("SELECT * FROM applications"),
        town.store.read("SELECT * FROM issued_certificates"),
    ) == before


@pytest.mark.clause("7.3.4-1", "9.2.1-a-2.2")
def test_nobody_registers_with_a_certificate_that_was_somebody_elses(town: Town, party: Party) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    old = issue(town, party, request_pem(key))
    new = issue(town, party)
    for taken in (old, new):
        with pytest.raises(Problem, match=r"^PARAM_INVALID"):
            town.registry.register(Registration(name="Squatter", certificate_pem=taken, apis="public", secret=True))
    with pytest.raises(Problem, match=r"^KEY_INVALID"):
        town.registry.register(Registration(name="Squatter", certificate_request_pem=request_pem(key), apis="public"))
    assert call(town, party, der(old)) is None


@pytest.mark.clause("9.2.1-a-2.2", "7.3.4-3.2")
def test_whoever_sees_a_certificate_learns_from_the_signed_list_that_it_was_revoked(
    town: Town, party: Party, tmp_path: Path
) -> None:
    """By openssl, which knows nothing of us."""
    revoked, standing = issue(town, party), issue(town, party)
    revoke(town, revoked)
    (tmp_path / "ca.pem").write_bytes(town.bank.certificates.authority_pem)
    (tmp_path / "crl.pem").write_bytes(town.bank.certificates.revocation_list().public_bytes(Encoding.PEM))

    def verified(pem: str) -> str:
        (tmp_path / "seen.pem").write_text(pem)
        names = {f"-{option}": str(tmp_path / f"{name}.pem") for option, name in (("CAfile", "ca"), ("CRLfile", "crl"))}
        options = [each for pair in names.items() for each in pair]
        command = ["openssl", "verify", "-crl_check", "-attime", str(int(town.clock.now_s())), *options]
        done = subprocess.run([*command, str(tmp_path / "seen.pem")], capture_output=True, text=True)
        return done.stdout + done.stderr

    assert "certificate revoked" in verified(revoked)
    assert verified(standing).endswith("OK\n")


def test_the_list_is_signed_anew_when_it_says_something_new_and_not_each_time_somebody_asks(
    town: Town, party: Party
) -> None:
    certificate, listed = issue(town, party), town.bank.certificates.revocation_list
    empty = listed()
    assert listed() is empty
    revoke(town, certificate)
    assert [f"{each.serial_number:x}" for each in listed()] == [
        row[0] for row in town.store.read("SELECT serial FROM issued_certificates")
    ]
    town.clock.advance(60)
    assert listed() is listed()
