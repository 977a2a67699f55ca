"""A wallet makes its keys once, hands in public halves only, and takes what registration gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from app_sim import certificate
from app_sim.founding import accept, found_app
from bank_sim.registry.registration import Registration, read_registration
from bank_sim.sdk.protocol.keypairs import public_from_jwk

PASSPHRASE = b"a passphrase"


def _config(town: Any, home: Path, suite: str, **changes: Any) -> Any:
    return town.wallet_config(suite, home=home, **changes)


@pytest.mark.clause("7.3.4-1", "7.3.4-2.2", "6.1-1")
def test_the_application_for_membership_is_one_that_the_bank_reads(town: Any, tmp_path: Path, suite: str) -> None:
    application = found_app(_config(town, tmp_path / "new", suite), PASSPHRASE)
    document = read_registration(json.dumps(application.registration).encode())
    assert isinstance(document, Registration)
    assert document.integration_mode == "server-sdk"
    keys = [public_from_jwk(jwk) for jwk in application.registration["jwks"]["keys"]]
    assert [(key.suite, key.use) for key in keys] == [(suite, "sig"), (suite, "enc")]
    request = x509.load_pem_x509_csr(application.certificate_request)
    assert request.is_signature_valid


def test_founding_twice_finds_the_same_keys(town: Any, tmp_path: Path) -> None:
    config = _config(town, tmp_path / "new", "gm")
    first, second = found_app(config, PASSPHRASE), found_app(config, PASSPHRASE)
    assert first.registration == second.registration
    keys = [x509.load_pem_x509_csr(each.certificate_request).public_key() for each in (first, second)]
    assert keys[0] == keys[1]


def test_two_applications_live_beside_each_other(town: Any, tmp_path: Path) -> None:
    wallet = found_app(_config(town, tmp_path / "one", "gm"), PASSPHRASE)
    rival = found_app(
        _config(town, tmp_path / "two", "gm", name="Rival", external_url="https://rival.localhost:1"), b"x"
    )
    assert wallet.registration["name"] != rival.registration["name"]
    assert wallet.registration["redirect_uris"] != rival.registration["redirect_uris"]
    assert wallet.registration["jwks"] != rival.registration["jwks"]


def test_without_a_certificate_the_channel_shows_none(town: Any, tmp_path: Path) -> None:
    config = _config(town, tmp_path / "new", "gm")
    found_app(config, PASSPHRASE)
    accept(config, PASSPHRASE, {"app_id": "app_x", "app_secret": None}, {"keys": []})
    assert certificate.presented(config.keys) is None
    assert json.loads(config.membership.read_text()) == {"app_id": "app_x", "bank_jwks": {"keys": []}}
