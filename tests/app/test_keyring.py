"""The wallet changes its own keys: nobody notices, nothing is lost in a crash, and all of it is on record."""

from __future__ import annotations

import stat
from contextlib import closing
from typing import Any

import httpx
import pytest

from app_sim import offers
from app_sim.bank import Problem
from app_sim.wallet import Wallet
from bank_sim.keys.custody import Change


def keyids(wallet: Wallet) -> dict[str, str]:
    return {each.use: each.keyid for each in wallet.keyring.held()}


def deeds(wallet: Wallet) -> list[tuple[str, str]]:
    return [(each.deed, each.why) for each in wallet.keyring.newest(20)][::-1]


@pytest.mark.clause("7.3.4-3.2", "9.3.5-2.1", "9.3.5-2.2")
@pytest.mark.parametrize("use", ["sig", "enc"])
def test_a_rotation_is_noticed_by_no_page_and_stands_in_the_log(
    town: Any, wallet: Wallet, visitor: Any, use: Any
) -> None:
    visitor.sign_in().link(town)
    before = keyids(wallet)
    wallet.keyring.rotate(use, "ordered")
    assert visitor.get("/accounts").status_code == 200
    after = keyids(wallet)
    assert after[use] != before[use]
    assert {name: each for name, each in after.items() if name != use} == {
        name: each for name, each in before.items() if name != use
    }
    expected = [("generated", "ordered"), ("registered", "ordered"), ("superseded", "ordered")]
    assert deeds(wallet) == expected + ([("destroyed", "ordered")] if use == "sig" else [])
    files = sorted(path.name for path in wallet.config.keys.glob("*.pem"))
    assert files == (["enc.pem", "sig.pem"] if use == "sig" else ["enc.former.pem", "enc.pem", "sig.pem"])
    for path in wallet.config.keys.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.suffix != ".pem" or b"ENCRYPTED" in path.read_bytes()


def test_a_key_whose_registration_was_not_answered_is_taken_up_again(town: Any, wallet: Wallet, visitor: Any) -> None:
    visitor.sign_in().link(town)

    def lose_the_answer(request: httpx.Request, deliver: Any) -> httpx.Response:
        answer = deliver(request)
        if request.url.path.endswith("/keys/proof"):
            raise httpx.ReadError("the line broke")
        answered: httpx.Response = answer
        return answered

    town.wire.bend = lose_the_answer
    with pytest.raises(Problem):
        wallet.keyring.rotate("sig", "ordered")
    town.wire.bend = None
    prepared = (wallet.config.keys / "sig.next.pem").read_bytes()
    assert visitor.get("/accounts").status_code == 200
    wallet.keyring.rotate("sig", "ordered")
    assert (wallet.config.keys / "sig.pem").read_bytes() == prepared
    assert visitor.get("/accounts").status_code == 200


@pytest.mark.parametrize(
    "begin", [lambda ring: ring.rotate("sig", "ordered"), lambda ring: ring.renew_secret("ordered")]
)
def test_what_was_begun_before_a_snapshot_was_put_back_writes_over_none_of_its_keys(
    town: Any, wallet: Wallet, monkeypatch: pytest.MonkeyPatch, begin: Any
) -> None:
    kept = [(wallet.config.keys / name).read_bytes() for name in ("sig.pem", "app-secret.sealed")]
    pasts = iter([1, 2])
    monkeypatch.setattr(wallet.bank, "past", lambda: next(pasts))

    with pytest.raises(Problem, match="STATE_CHANGED"):
        begin(wallet.keyring)

    assert [(wallet.config.keys / name).read_bytes() for name in ("sig.pem", "app-secret.sealed")] == kept


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
def test_a_lost_key_is_replaced_and_refused_at_once(town: Any, wallet: Wallet, visitor: Any) -> None:
    visitor.sign_in().link(town)
    old = keyids(wallet)["sig"]
    wallet.keyring.rotate("sig", "lost")
    assert town.bank.store.read("SELECT status FROM application_keys WHERE keyid = ?", (old,)) == [("revoked",)]
    # Its tokens went with the key; the wallet fetches new ones and the user notices nothing.
    assert visitor.get("/accounts").status_code == 200


@pytest.mark.clause("9.2.1-a-1.1", "7.3.4-2.2")
def test_a_renewed_app_secret_lies_in_the_vault_and_nowhere_else(wallet: Wallet) -> None:
    before = wallet.vault.fetch("app-secret")
    wallet.keyring.renew_secret("ordered")
    secret = wallet.vault.fetch("app-secret")
    assert secret != before
    assert offers.rates(wallet.bank)
    for path in wallet.config.home.rglob("*"):
        assert path.is_dir() or secret not in path.read_bytes(), path


@pytest.mark.clause("7.3.4-3.2")
def test_the_banks_warning_makes_the_wallet_change_its_key_and_an_old_warning_does_not(wallet: Wallet) -> None:
    warned = keyids(wallet)["sig"]
    wallet.keyring.heed_warning(warned, "sig")
    renewed = keyids(wallet)["sig"]
    assert renewed != warned
    wallet.keyring.heed_warning(warned, "sig")
    assert keyids(wallet)["sig"] == renewed


def test_the_page_shows_the_keys_and_changes_them_for_sandbox_users_only(
    town: Any, wallet: Wallet, visitor: Any, visitor_of: Any
) -> None:
    page = visitor.sign_in().get("/keys")
    assert page.status_code == 200
    assert 'name="change"' not in page.text
    assert page.text.count("data-use=") == 3
    with closing(town.open_wallet(town.wallet_config("gm", aids=True))) as helpful:
        aided = visitor_of(helpful).sign_in("Nox")
        before = aided.get("/keys")
        assert aided.submit(before, "/keys", change="sig").location == "/keys?changed=yes"
        assert aided.get("/keys").text.count("data-deed=") == 4
        assert aided.submit(before, "/keys", change="other").status_code == 404


def test_what_the_bank_changes_in_its_keys_is_kept_for_the_next_start(town: Any, wallet: Wallet) -> None:
    before = wallet.config.membership.read_bytes()
    with town.bank.store.write() as db:
        town.bank.rotation.revoke(db, town.bank.keys.signing("gm").kid, Change("staff", "a test", 0))
    town.bank.rotation.announce()
    wallet.bank.refresh_keys()
    assert wallet.config.membership.read_bytes() != before
    again = town.open_wallet(wallet.config)
    assert offers.rates(again.bank)
    again.close()
