"""What an application gets when it does everything right: every interface, in both suites."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import pytest

from bank_sim.registry import schemas
from bank_sim.sdk.protocol.amounts import format_fen

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town

NewParty = Callable[..., "Party"]


@pytest.mark.clause("6.2-6", "9.2.2-1.1", "7.2.1-a-1")
@pytest.mark.parametrize("path", ["/api/products", "/api/products/dep-demand", "/api/rates"])
def test_public_information_needs_app_secret_and_no_user(
    town: Town, new_party: NewParty, suite: str, path: str
) -> None:
    party = new_party(suite)
    reply = town.send(party.with_secret(party.message("GET", path)))
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-api-version"] == "1"
    party.require_signed(reply, party.secret)


@pytest.mark.clause("9.2.2-1.2")
def test_public_information_may_be_asked_for_with_a_signature(town: Town, new_party: NewParty, suite: str) -> None:
    party = new_party(suite)
    reply = party.get("/api/products", query="category=deposit")
    assert reply.status == 200
    assert {each["category"] for each in reply.data["items"]} == {"deposit"}
    party.require_signed(reply)


@pytest.mark.clause("7.2.2-2.3", "7.2.2-3.2.2", "9.2.2-2")
def test_the_user_s_accounts_are_listed_masked(town: Town, new_party: NewParty, suite: str) -> None:
    party = new_party(suite)
    user = town.consent(party)
    reply = party.get("/api/accounts", token=user.token)
    assert reply.status == 200
    listed = {each["account_ref"]: each for each in reply.data["items"]}
    assert set(listed) == set(user.account_refs)
    assert [listed[ref]["account_class"] for ref in user.account_refs] == ["I", "II", "III"]
    assert listed[user.account_refs[0]]["holder_name_masked"] == "**明"
    assert all("*" in each["account_masked"] for each in listed.values())
    party.require_signed(reply)


@pytest.mark.clause("7.2.2-3.2.1", "7.2.2-3.3.2")
@pytest.mark.parametrize(
    ("api_id", "path", "shape"),
    [
        ("accounts.balance", "/api/accounts/{ref}/balance", schemas.BalanceSealed),
        ("accounts.balances", "/api/balances", schemas.BalancesSealed),
        ("accounts.transactions", "/api/accounts/{ref}/transactions", schemas.TransactionPageSealed),
        ("wealth.holdings", "/api/wealth/holdings", schemas.HoldingsSealed),
        ("points.get", "/api/points", schemas.PointsSealed),
    ],
)
def test_full_values_travel_sealed_to_the_application(
    town: Town, new_party: NewParty, suite: str, api_id: str, path: str, shape: type[msgspec.Struct]
) -> None:
    party = new_party(suite)
    user = town.consent(party)
    reply = party.get(path.format(ref=user.account_refs[0]), token=user.token)
    assert reply.status == 200
    assert not set(reply.data) & set(shape.__struct_fields__)
    assert msgspec.convert(party.open(reply, api_id), shape)
    party.require_signed(reply)


def test_the_balance_is_the_ledger_s(town: Town, party: Party) -> None:
    user = town.consent(party)
    reply = party.get(f"/api/accounts/{user.account_refs[0]}/balance", token=user.token)
    yuan, fen = party.open(reply, "accounts.balance")["ledger_balance"].split(".")
    assert int(yuan) * 100 + int(fen) == town.balance_fen(0)


def test_all_balances_are_those_of_the_accounts_under_the_consent(town: Town, party: Party) -> None:
    user = town.consent(party)
    items = party.open(party.get("/api/balances", token=user.token), "accounts.balances")["items"]
    assert {each["account_ref"] for each in items} == set(user.account_refs)
    first = next(each for each in items if each["account_ref"] == user.account_refs[0])
    assert first["ledger_balance"] == format_fen(town.balance_fen(0))


def test_transactions_come_in_pages_that_join_without_gap(town: Town, party: Party) -> None:
    user = town.consent(party)
    path = f"/api/accounts/{user.account_refs[0]}/transactions"
    whole = party.get(path, query="limit=6", token=user.token)
    first = party.get(path, query="limit=3", token=user.token)
    second = party.get(path, query=f"limit=3&cursor={first.data['next_cursor']}", token=user.token)
    pages = [party.open(each, "accounts.transactions")["items"] for each in (whole, first, second)]
    assert len(pages[0]) == 6
    assert pages[0] == pages[1] + pages[2]


def test_limits_say_what_may_leave_an_account(town: Town, party: Party) -> None:
    user = town.consent(party)
    reply = party.get(f"/api/accounts/{user.account_refs[1]}/limits", token=user.token)
    assert reply.data["account_class"] == "II"
    assert reply.data["daily_limit"] == "10000.00"


@pytest.mark.clause("7.2.1-b-2.2", "6.2-1")
def test_a_transfer_is_created_confirmed_and_executed(town: Town, new_party: NewParty, suite: str) -> None:
    party = new_party(suite)
    user = town.consent(party)
    before_fen = town.balance_fen(0), town.balance_fen(1)
    created = town.send(party.order(user))
    assert (created.status, created.data["state"], created.data["amount"]) == (201, "created", "100.00")
    assert town.balance_fen(0) == before_fen[0]

    transfer_id = created.data["transfer_id"]
    paying = town.payment(party, transfer_id)
    executed = town.send(party.execution(transfer_id, paying.token))
    assert (executed.status, executed.data["state"]) == (200, "executed")
    assert executed.data["serial"]
    assert (town.balance_fen(0), town.balance_fen(1)) == (before_fen[0] - 100_00, before_fen[1] + 100_00)
    party.require_signed(executed)

    for token in (user.token, paying.token):
        outcome = party.get(f"/api/transfers/{transfer_id}", token=token)
        assert outcome.data["serial"] == executed.data["serial"]


def test_a_standing_order_pays_its_payee_until_its_total_is_reached(town: Town, party: Party) -> None:
    user = town.consent(party)
    standing = town.standing_order(party, per_payment_fen=100_00, total_fen=250_00)
    outcomes = []
    for _ in range(3):
        transfer_id = town.send(party.order(user)).data["transfer_id"]
        reply = town.send(party.execution(transfer_id, standing.token))
        outcomes.append(reply.code or reply.data["state"])
    assert outcomes == ["executed", "executed", "CONSENT_LIMIT_EXCEEDED"]


@pytest.mark.clause("9.3.2-1.3")
def test_a_consent_for_one_use_serves_one_call(town: Town, party: Party) -> None:
    user = town.consent(party, validity="once")
    path = f"/api/accounts/{user.account_refs[0]}/balance"
    first, second = party.get(path, token=user.token), party.get(path, token=user.token)
    assert (first.status, second.code) == (200, "GRANT_CONSUMED")


@pytest.mark.clause("9.3.2-1.3")
def test_a_confirmed_payment_is_made_once(town: Town, party: Party) -> None:
    user = town.consent(party)
    transfer_id = town.send(party.order(user)).data["transfer_id"]
    paying = town.payment(party, transfer_id)
    assert town.send(party.execution(transfer_id, paying.token)).status == 200
    assert town.send(party.execution(transfer_id, paying.token)).code == "GRANT_CONSUMED"


@pytest.mark.clause("9.2.1-b-3.1")
def test_an_a1_call_may_bring_a_token_and_is_refused_with_a_dead_one(town: Town, party: Party) -> None:
    with town.store.write() as db:
        issued = town.bank.tokens.issue_for_application(db, party.app_id, town.binding(party), "products.list", 3600)
    assert party.get("/api/products", token=issued.access_token).status == 200
    town.clock.advance(3600)
    assert party.get("/api/products", token=issued.access_token).code == "TOKEN_EXPIRED"


def test_an_application_with_a_certificate_is_served_over_it(town: Town, new_party: NewParty) -> None:
    der, pem = town.certificate()
    party = new_party(certificate_pem=pem)
    assert party.get("/api/products", certificate=der).status == 200
    assert party.get("/api/products").code == "CERT_REQUIRED"


@pytest.mark.clause("6.1-1", "7.2.2-3.3.1", "6.2-3", "6.2-2")
def test_direct_access_reaches_public_and_read_only_interfaces_until_its_risk_is_assessed(
    town: Town, new_party: NewParty
) -> None:
    direct = new_party(integration_mode="server-direct")
    assessed = new_party(integration_mode="server-direct", direct_assessment="RA-2026-017")
    user, other = town.consent(direct), town.consent(assessed)
    assert direct.get("/api/products").status == 200
    assert direct.get("/api/points", token=user.token).status == 200
    assert direct.get("/api/accounts", token=user.token).code == "LEVEL_NOT_ALLOWED"
    assert assessed.get("/api/accounts", token=other.token).status == 200
