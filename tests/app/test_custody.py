"""What the wallet keeps, how it keeps it, and what it must not keep at all (JR/T 0185 7.3.4, 9.3.3, 9.3.5)."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from app_sim.config import from_file
from app_sim.vault import Vault, VaultClosed


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _secrets(wallet: Any, town: Any) -> dict[str, str]:
    return {
        "App_Secret": wallet.vault.fetch("app-secret").decode(),
        "payee's account": town.payee_account,
        "payee's name": town.payee_name,
        "passphrase": "a passphrase",
        **{f"payer's account {each.account_id}": each.account_number for each in town.accounts},
        **{f"person {each}": value for each, value in enumerate(("王小明", "990101198001010014", "15400000001"))},
    }


def _lose_execution(request: httpx.Request, deliver: Any) -> httpx.Response:
    response = deliver(request)
    if request.url.path.endswith("/execute"):
        raise httpx.ReadTimeout("no answer", request=request)
    return response


@pytest.mark.clause("9.3.3-2.1", "9.3.3-2.2.3", "7.2.2-3.3.3", "7.2.2-4", "9.3.1-1.2")
@pytest.mark.parametrize("path", ["success", "failure", "timeout"])
def test_no_file_of_the_wallet_holds_what_was_trusted_to_the_bank(
    town: Any, wallet: Any, visitor: Any, path: str
) -> None:
    visitor.sign_in().link(town)
    balances = re.findall(r'<data value="([0-9.]+)"', visitor.get("/accounts").text)
    if path == "failure":
        visitor.order(town, payee_name="张三")
    else:
        town.wire.bend = _lose_execution if path == "timeout" else None
        visitor.pay(town)
    values = _secrets(wallet, town) | {f"balance {each}": each for each in balances}
    found = [
        (name, file.name)
        for file, content in _files(wallet.config.home).items()
        for name, value in values.items()
        if value.encode() in content
    ]
    assert found == []


@pytest.mark.clause("7.3.4-2.2", "9.3.5-2.1")
def test_tokens_lie_sealed_and_only_while_they_are_needed(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    token = wallet.links.token(user_id)
    assert not any(token.encode() in content for content in _files(wallet.config.home).values())
    visitor.pay(town)
    assert [row["token_sealed"] for row in wallet.store.read("SELECT token_sealed FROM payments")] == [None]


@pytest.mark.clause("7.3.4-2.2", "9.3.5-2.1")
def test_keys_lie_encrypted_and_for_their_owner_only(wallet: Any) -> None:
    pems = [content for path, content in _files(wallet.config.keys).items() if path.suffix in (".pem", ".key")]
    assert len(pems) == 3
    assert all(b"ENCRYPTED" in content.splitlines()[0] for content in pems)
    for path in (*_files(wallet.config.keys), wallet.config.database, wallet.config.membership):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.clause("7.3.4-1")
def test_signing_sealing_and_the_channel_have_keys_of_their_own(wallet: Any) -> None:
    sealed = {path.read_bytes() for path in wallet.config.keys.iterdir() if path.suffix in (".pem", ".key")}
    kids = {key.kid for key in (wallet.bank._client._keys.signing, wallet.bank._client._keys.opening)}
    assert (len(sealed), len(kids)) == (3, 2)


@pytest.mark.clause("7.3.4-2.2")
@pytest.mark.parametrize("member", ["app_secret", "passphrase", "private_key"])
def test_a_configuration_with_a_secret_in_it_is_refused(town: Any, tmp_path: Path, member: str) -> None:
    config = town.wallet_config("gm")
    plain = {"home": str(config.home), "ca_certificate": "ca", "certificate": "c", "certificate_key": "k"}
    plain |= {
        "external_url": config.external_url,
        "gateway_url": config.gateway_url,
        "authorization_endpoint": "https://b",
    }
    file = tmp_path / "config.json"
    file.write_text(json.dumps(plain))
    assert from_file(file).home == config.home
    file.write_text(json.dumps(plain | {member: "hush"}))
    with pytest.raises(ValueError, match=member):
        from_file(file)


def test_a_vault_opens_with_its_own_passphrase_only(wallet: Any) -> None:
    Vault(wallet.config.keys, b"a passphrase")
    with pytest.raises(VaultClosed):
        Vault(wallet.config.keys, b"another passphrase")


def test_a_sealed_value_opens_only_for_its_purpose_and_unchanged(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys", b"p")
    sealed = vault.seal("access lnk_1", b"token")
    assert vault.open("access lnk_1", sealed) == b"token"
    for purpose, value in (
        ("access lnk_2", sealed),
        ("access lnk_1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("access lnk_1", bytes([sealed[0] ^ 1]) + sealed[1:]),
        ("access lnk_1", b"short"),
    ):
        with pytest.raises(VaultClosed):
            vault.open(purpose, value)


def test_kept_values_survive_and_are_told_from_missing_ones(tmp_path: Path) -> None:
    Vault(tmp_path / "keys", b"p").keep("app-secret", b"s")
    reopened = Vault(tmp_path / "keys", b"p")
    assert reopened.fetch("app-secret") == b"s"
    assert reopened.holds("app-secret")
    assert not reopened.holds("another")
    with pytest.raises(FileNotFoundError):
        reopened.fetch("another")
