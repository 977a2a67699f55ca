"""Keys change under a running SDK: the bank's and the application's own, planned and in an emergency, without a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app_sim.bank import bank_settings, client_keys
from app_sim.vault import Vault
from bank_sim.keys import custody
from bank_sim.keys.custody import Change
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient, BankSettings, ClientKeys, Pkce, Tokens

DAY_S = 86_400


@pytest.fixture
def keys(town: Any, suite: str) -> ClientKeys:
    config = town.wallet_config(suite)
    return client_keys(config, Vault(config.keys, b"a passphrase"))


@pytest.fixture
def settings(town: Any, suite: str) -> BankSettings:
    config = town.wallet_config(suite)
    return bank_settings(config, Vault(config.keys, b"a passphrase"))


@pytest.fixture
def kept() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def opened(town: Any, kept: list[dict[str, Any]]) -> Iterator[Callable[[BankSettings, ClientKeys], BankClient]]:
    """Opens clients on the wire to this bank, and closes them."""
    clients: list[BankClient] = []

    def open_client(settings: BankSettings, keys: ClientKeys) -> BankClient:
        clients.append(BankClient(settings, keys, town.clock, town.wire, keep_bank_keys=kept.append))
        return clients[-1]

    yield open_client
    for each in clients:
        each.close()


@pytest.fixture
def client(opened: Callable[..., BankClient], settings: BankSettings, keys: ClientKeys) -> BankClient:
    return opened(settings, keys)


@pytest.fixture
def linked(town: Any, client: BankClient) -> Tokens:
    """Tokens of a user's consent."""
    pkce = Pkce.fresh()
    details = {
        "type": "account_information",
        "validity": "period",
        "valid_to": "2026-03-01T00:00:00Z",
        "apis": ["accounts.list", "accounts.balances", "transfers.create", "transfers.get"],
    }
    request_uri = client.oauth.push_authorization_request([details], "a state", pkce)
    back = town.user_agrees(client.oauth.authorization_url(request_uri))
    return client.oauth.exchange_code(client.oauth.code_of_return(back), pkce)


def served(client: BankClient, **how: Any) -> bool:
    """A signed call, and its verified answer."""
    return bool(client.call("products.list", "GET", "/api/products", **how).data["items"])


def refusal(act: Callable[[], Any]) -> str:
    """The code of the refusal that it meets."""
    with pytest.raises(Problem) as raised:
        act()
    return raised.value.code


def pass_time(town: Any, days: float) -> None:
    """Virtual time passes, and what the bank does as it passes is done."""
    town.clock.advance(days * DAY_S)
    town.bank.rotation.perform(town.bank.store, town.clock.now_ms())


def ordered(town: Any, act: Callable[..., Any], *what: str) -> Any:
    """Somebody of the staff orders a change of the bank's keys."""
    with town.bank.store.write() as db:
        result = act(db, *what, Change("staff", "a test", town.clock.now_ms()))
    town.bank.rotation.announce()
    return result


def order(town: Any, client: BankClient, tokens: Tokens, number: str) -> int:
    """An order whose payee travels sealed to the bank's key. Its status."""
    account = client.call("accounts.list", "GET", "/api/accounts", token=tokens.access_token).data["items"][0]
    body = {"order_no": number, "debtor_account_ref": account["account_ref"], "amount": "10.00", "currency": "CNY"}
    return client.call(
        "transfers.create", "POST", "/api/transfers", body=body, token=tokens.access_token, idempotency_key=number,
        sealed={"creditor_account": town.payee_account, "creditor_name": town.payee_name},
    ).status  # fmt: skip


# The bank's keys


@pytest.mark.clause("7.3.4-3.2")
def test_a_planned_rotation_costs_no_call_and_ends_the_old_key(town: Any, suite: str, client: BankClient) -> None:
    old = town.bank.keys.signing(suite).kid
    ordered(town, town.bank.rotation.plan, suite, "sig")
    assert served(client)
    pass_time(town, 7)
    assert town.bank.keys.signing(suite).kid != old
    assert served(client)
    assert old in {each["kid"] for each in town.bank.keys.jwks()["keys"]}
    pass_time(town, 31)
    assert old not in {each["kid"] for each in town.bank.keys.jwks()["keys"]}
    assert old not in town.bank.keys.custodian.kept()
    assert served(client)
    deeds = [each.deed for each in custody.newest(town.bank.store, "bank") if each.key_name == old]
    assert deeds == ["retired", "retiring", "generated"]


@pytest.mark.clause("7.3.4-3.2")
def test_a_client_that_slept_through_several_rotations_finds_its_way_by_vouchers(
    town: Any, suite: str, settings: BankSettings, keys: ClientKeys, opened: Callable[..., BankClient],
    kept: list[dict[str, Any]],
) -> None:  # fmt: skip
    for _ in range(3):
        ordered(town, town.bank.rotation.plan, suite, "sig")
        pass_time(town, 40)
        pass_time(town, 40)
    pinned = {each["kid"] for each in settings.bank_jwks["keys"]}
    assert town.bank.keys.signing(suite).kid not in pinned
    keys_of_today = replace(keys, secret=None)
    with pytest.raises(Problem) as raised:
        opened(settings, keys_of_today).call("products.list", "GET", "/api/products", with_secret=False)
    # Half a year has passed: the application's own key is past its time, and the refusal is believed to be the bank's.
    assert (raised.value.code, raised.value.members["trusted"]) == ("KEY_EXPIRED", True)
    assert kept
    assert town.bank.keys.signing(suite).kid in {each["kid"] for each in kept[-1]["keys"]}


def test_what_was_learnt_is_kept_and_serves_after_a_restart_without_asking(
    town: Any, suite: str, settings: BankSettings, keys: ClientKeys, opened: Callable[..., BankClient],
    kept: list[dict[str, Any]],
) -> None:  # fmt: skip
    ordered(town, town.bank.rotation.plan, suite, "sig")
    pass_time(town, 7)
    assert served(opened(settings, keys))
    town.wire.sent.clear()
    assert served(opened(replace(settings, bank_jwks=kept[-1]), keys))
    assert [each.url.path for each in town.wire.sent] == ["/api/products"]


@pytest.mark.clause("7.3.4-3.2")
def test_after_an_emergency_the_prepared_key_signs_and_the_lost_one_is_believed_no_more(
    town: Any, suite: str, client: BankClient, kept: list[dict[str, Any]]
) -> None:
    lost = town.bank.keys.signing(suite)
    ordered(town, town.bank.rotation.revoke, lost.kid)
    town.clock.advance(10)
    assert served(client)
    assert kept[-1]["revoked"] == [lost.kid]
    # Whoever has the lost key signs an answer with it, at the place of the bank.
    town.bank.keys._active[suite, "sig"] = lost
    assert refusal(lambda: served(client)) == "BANK_IDENTITY_INVALID"


@pytest.mark.clause("7.3.4-1", "7.3.4-3.2")
@pytest.mark.parametrize("how", ["planned", "emergency"])
def test_what_is_sealed_reaches_the_bank_whichever_sealing_key_was_in_force(
    town: Any, suite: str, client: BankClient, linked: Tokens, how: str
) -> None:
    old = town.bank.keys.opening(suite).kid
    assert order(town, client, linked, "before") == 201
    if how == "planned":
        ordered(town, town.bank.rotation.plan, suite, "enc")
        pass_time(town, 7)
        linked = client.oauth.refresh(linked.refresh_token or "")
    else:
        ordered(town, town.bank.rotation.revoke, old)
    assert town.bank.keys.opening(suite).kid != old
    assert order(town, client, linked, "after") == 201
