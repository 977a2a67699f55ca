"""The wallet renews its TLS certificate as it runs: no call fails, nothing is lost in a crash, all is on record."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app_sim import certificate, offers
from app_sim.bank import Problem, bank_settings, client_keys
from app_sim.wallet import Wallet
from bank_sim.keys.custody import Change
from bank_sim.registry.key_warnings import KeyWarnings
from bank_sim.sdk.server import BankClient
from tests.certificates import client_authority, der, issued_by, of_another_key, request_pem

DAY_S = 86_400


def shown(wallet: Wallet) -> bytes | None:
    """What the wallet's channel shows in a handshake now."""
    path = certificate.file_of(wallet.config.keys)
    if not path.exists():
        return None
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


@pytest.fixture
def certified(town: Any, wallet: Wallet) -> Wallet:
    """The wallet with a certificate, which it got while it ran."""
    town.wire.shown = lambda: shown(wallet)
    wallet.keyring.renew_certificate("ordered")
    return wallet


@pytest.fixture
def bare(town: Any, wallet: Wallet) -> Iterator[BankClient]:
    """The application's program on a channel that shows no certificate."""
    config = wallet.config
    client = BankClient(bank_settings(config, wallet.vault), client_keys(config, wallet.vault), town.clock, town.wire)
    yield client
    client.close()


def failures(town: Any) -> list[str]:
    return [row[0] for row in town.bank.store.read("SELECT code FROM access_log WHERE result = 'failure'")]


def fingerprint(wallet: Wallet) -> str:
    found = certificate.presented(wallet.config.keys)
    assert found is not None
    return found.sha256


def refusal(act: Any) -> str:
    with pytest.raises(Problem) as found:
        act()
    return str(found.value.members.get("answer_code", found.value.code))


@pytest.mark.clause("7.3.4-3.2", "9.3.5-2.1", "9.3.5-2.2")
def test_a_renewal_is_noticed_by_no_page_and_stands_in_the_log(town: Any, certified: Wallet, visitor: Any) -> None:
    visitor.sign_in().link(town)
    before = fingerprint(certified)
    certified.keyring.renew_certificate("ordered")
    assert visitor.get("/accounts").status_code == 200
    assert failures(town) == []
    assert fingerprint(certified) != before
    deeds = [(each.key_name, each.deed) for each in certified.keyring.newest(3)][::-1]
    old, new = (f"certificate {each[:16]}" for each in (before, fingerprint(certified)))
    assert deeds == [(new, "registered"), (old, "superseded"), (old, "destroyed")]
    path = certificate.file_of(certified.config.keys)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert "/keys" in visitor.get("/keys").request.path
    assert new in visitor.get("/keys").text


@pytest.mark.clause("7.3.4-3.1", "7.3.4-3.2")
def test_the_bank_warns_before_the_certificate_ends_and_the_wallet_renews_it_once(town: Any, certified: Wallet) -> None:
    before = fingerprint(certified)
    town.clock.advance(151 * DAY_S)
    KeyWarnings(town.bank.config.policy, town.bank.events).perform(town.bank.store, town.clock.now_ms())
    rows = town.bank.store.read("SELECT data FROM events WHERE type = 'application.notice' AND subject = ?", (before,))
    assert len(rows) == 1
    assert '"use":"certificate"' in rows[0][0]
    certified.keyring.heed_warning(before, "certificate")
    renewed = fingerprint(certified)
    assert renewed != before
    certified.keyring.heed_warning(before, "certificate")
    assert fingerprint(certified) == renewed
    town.clock.advance(14 * DAY_S)
    KeyWarnings(town.bank.config.policy, town.bank.events).perform(town.bank.store, town.clock.now_ms())
    assert town.bank.store.read("SELECT count(*) FROM events WHERE type = 'key.retired'") == [(1,)]


def test_a_certificate_whose_answer_was_lost_is_the_one_of_the_next_try(town: Any, certified: Wallet) -> None:
    before = certificate.file_of(certified.config.keys).read_bytes()

    def lose_the_answer(request: httpx.Request, deliver: Any) -> httpx.Response:
        answer: httpx.Response = deliver(request)
        if request.url.path.endswith("/keys/certificate"):
            raise httpx.ReadError("the line broke")
        return answer

    town.wire.bend = lose_the_answer
    with pytest.raises(Problem):
        certified.keyring.renew_certificate("ordered")
    town.wire.bend = None
    assert certificate.file_of(certified.config.keys).read_bytes() == before
    assert offers.rates(certified.bank)
    certified.keyring.renew_certificate("ordered")
    assert offers.rates(certified.bank)
    assert town.count("issued_certificates") == 2
    assert failures(town) == []


def test_a_certificate_of_another_key_is_not_put_in_place(certified: Wallet, tmp_path: Any) -> None:
    keys, passphrase = certified.config.keys, certified.vault.passphrase
    before = certificate.file_of(keys).read_bytes()
    certificate.request(keys, passphrase, "wallet")
    with pytest.raises(ValueError, match="not the waiting key's"):
        certificate.put_in_place(keys, passphrase, issued_by(client_authority(tmp_path), request_pem()))
    assert certificate.file_of(keys).read_bytes() == before


@pytest.mark.clause("9.2.1-a-1.2")
@pytest.mark.parametrize(
    ("request_of", "code"),
    [
        (lambda: of_another_key(request_pem()), "KEY_NOT_PROVEN"),
        (lambda: "no request", "CERT_REQUEST_INVALID"),
        (lambda: request_pem(subject=()), "CERT_REQUEST_INVALID"),
    ],
)
def test_a_request_that_cannot_be_signed_is_refused_and_changes_nothing(
    town: Any, bare: BankClient, request_of: Any, code: str
) -> None:
    assert refusal(lambda: bare.own_keys.renew_certificate(request_of())) == code
    assert town.count("issued_certificates") == 0
    assert failures(town) == [code]


def test_without_its_row_a_key_that_nobody_has_is_certified(town: Any, bare: BankClient) -> None:
    town.bank.switches.weaken(["certificate_request"])
    try:
        assert bare.own_keys.renew_certificate(of_another_key(request_pem())).startswith("-----BEGIN CERTIFICATE")
    finally:
        town.bank.switches.weaken([])


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
def test_whose_certificate_is_over_orders_another_without_it_and_nobody_else_does(
    town: Any, certified: Wallet, bare: BankClient
) -> None:
    town.wire.shown = None
    order = request_pem()
    assert refusal(lambda: bare.own_keys.renew_certificate(order)) == "CERT_REQUIRED"
    with town.bank.store.write() as db:
        town.bank.certificates.revoke(db, fingerprint(certified), Change("chen", "a test", town.clock.now_ms()))
    assert refusal(lambda: bare.own_keys.renew_secret()) == "CERT_REQUIRED"
    issued = bare.own_keys.renew_certificate(order)
    town.wire.shown = lambda: der(issued)
    assert bare.call("products.list", "GET", "/api/products").status == 200


def test_an_application_ends_its_own_certificate_and_no_other(town: Any, certified: Wallet, bare: BankClient) -> None:
    foreign = hashlib.sha256(b"another's").hexdigest()
    assert refusal(lambda: bare.own_keys.revoke(foreign, "not mine at all")) == "RESOURCE_NOT_AUTHORIZED"
    bare.own_keys.revoke(fingerprint(certified), "copied, we fear")
    assert refusal(lambda: bare.call("products.list", "GET", "/api/products")) == "CERT_REVOKED"
    told = town.bank.store.read("SELECT data FROM events WHERE type = 'certificate.revoked'")
    assert told == [('{"by":"application"}',)]
