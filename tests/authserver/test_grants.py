"""The token endpoint: what each grant takes and gives, and what a consent's fate does to tokens."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.tokens import Binding
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client

TOKEN = {"grant_type": "client_credentials"}


def code_for(branch: Branch, client: Client, detail: dict[str, Any] | None = None) -> str:
    return Browser(branch).agree(client.location(detail))["code"]


def require_invalid_grant(reply: Any, code: str = "invalid_grant") -> None:
    assert (reply.status, reply.json["error"], reply.json["code"]) == (400, "invalid_grant", code), reply.text


@pytest.mark.clause("9.2.1-b-3.2")
def test_tokens_live_as_long_as_their_level_allows(branch: Branch, client: Client) -> None:
    assert client.post("token", TOKEN).json["expires_in"] == 3600
    assert client.linked()["expires_in"] == 1800
    payment = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    assert client.linked(detail=payment)["expires_in"] == 300


def test_a_token_response_says_what_was_granted(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    (detail,) = tokens["authorization_details"]
    assert detail["apis"] == ["accounts.balance", "accounts.list"]
    assert len(detail["account_refs"]) == 3
    assert not set(detail["account_refs"]) & set(branch.account_ids(0))
    assert tokens["scope"] == "accounts.balance accounts.list"
    assert branch.last_record()["customer_ref"] == branch.customer_id(0)


def test_a_token_is_bound_to_user_consent_and_key(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    grant = branch.grant(tokens["access_token"])
    assert grant.app_id == client.app_id
    assert grant.customer_id == branch.customer_id(0)
    assert grant.binding.kid == client.signing.kid
    assert grant.consent_id == tokens["authorization_details"][0]["consent_id"]


def test_no_secret_is_kept_as_it_is(branch: Branch, client: Client) -> None:
    code = code_for(branch, client)
    tokens = client.redeem(code).json
    branch.bank.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    stored = branch.config.database.read_bytes()
    for secret in (code, tokens["access_token"], tokens["refresh_token"]):
        assert secret.encode() not in stored


@pytest.mark.clause("9.2.1-b-3.1")
def test_a_token_expires_on_the_virtual_clock(branch: Branch, client: Client) -> None:
    token = client.post("token", TOKEN).json["access_token"]
    branch.clock.advance(3599)
    branch.grant(token)
    branch.clock.advance(1)
    with pytest.raises(Problem, match="TOKEN_EXPIRED"):
        branch.grant(token)


@pytest.mark.clause("9.3.1-1.1")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"redirect_uri": "https://wallet.localhost:8442/other"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code": None}, "invalid_request"),
        ({"code": "made up"}, "invalid_grant"),
    ],
)
def test_a_code_alone_is_not_enough(branch: Branch, client: Client, changes: dict[str, Any], error: str) -> None:
    refused = client.redeem(code_for(branch, client), **changes)
    assert (refused.status, refused.json["error"]) == (400, error)


def test_a_wrong_verifier_uses_the_code_up(branch: Branch, client: Client) -> None:
    code = code_for(branch, client)
    require_invalid_grant(client.redeem(code, code_verifier="w" * 43))
    require_invalid_grant(client.redeem(code))


def test_a_code_lives_for_a_minute(branch: Branch, client: Client) -> None:
    code = code_for(branch, client)
    branch.clock.advance(60)
    require_invalid_grant(client.redeem(code))


def test_a_stolen_code_is_worthless_to_another_application_and_stays_good_for_its_own(
    branch: Branch, client: Client
) -> None:
    code, thief = code_for(branch, client), Client(branch)
    thief.verifier = client.verifier
    require_invalid_grant(thief.redeem(code))
    assert client.redeem(code).status == 200


@pytest.mark.clause("9.2.1-b-4.1")
def test_a_code_used_twice_takes_its_tokens_along(branch: Branch, client: Client) -> None:
    code = code_for(branch, client)
    tokens = client.redeem(code).json
    require_invalid_grant(client.redeem(code))
    with pytest.raises(Problem, match="TOKEN_REVOKED"):
        branch.grant(tokens["access_token"])
    require_invalid_grant(client.refresh(tokens["refresh_token"]))


def test_a_refresh_token_is_replaced_at_each_use(branch: Branch, client: Client) -> None:
    first = client.linked()
    second = client.refresh(first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == first["scope"]
    branch.grant(first["access_token"])
    branch.grant(second["access_token"])


@pytest.mark.clause("9.2.1-b-4.1")
def test_a_refresh_token_used_twice_ends_the_family(branch: Branch, client: Client) -> None:
    first = client.linked()
    second = client.refresh(first["refresh_token"]).json
    require_invalid_grant(client.refresh(first["refresh_token"]))
    require_invalid_grant(client.refresh(second["refresh_token"]))
    with pytest.raises(Problem, match="TOKEN_REVOKED"):
        branch.grant(second["access_token"])


def test_a_refresh_token_of_another_application_is_refused_and_unharmed(branch: Branch, client: Client) -> None:
    tokens, thief = client.linked(), Client(branch)
    require_invalid_grant(thief.refresh(tokens["refresh_token"]))
    assert client.refresh(tokens["refresh_token"]).status == 200


def test_an_access_token_does_not_refresh(client: Client) -> None:
    require_invalid_grant(client.refresh(client.linked()["access_token"]))


def test_a_refresh_cannot_widen_the_scope(client: Client) -> None:
    tokens = client.linked()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "scope": "accounts.list"}
    assert client.post("token", form).json["error"] == "invalid_scope"


def test_no_token_outlives_its_consent(branch: Branch, client: Client) -> None:
    detail = client.accounts(valid_to="2026-01-31T02:10:00Z")
    tokens = client.linked(detail=detail)
    assert tokens["expires_in"] == 600
    branch.clock.advance(600)
    require_invalid_grant(client.refresh(tokens["refresh_token"]))


@pytest.mark.clause("9.3.2-2", "9.2.1-b-4.1")
def test_a_revoked_consent_refreshes_nothing(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    with branch.bank.store.write() as db:
        branch.bank.consents.revoke(db, tokens["authorization_details"][0]["consent_id"], branch.customer_id(0))
    require_invalid_grant(client.refresh(tokens["refresh_token"]), "CONSENT_REVOKED")


def test_a_consent_revoked_before_its_code_is_redeemed_gives_no_token(branch: Branch, client: Client) -> None:
    code = code_for(branch, client)
    (consent,) = branch.bank.consents.of_customer(branch.customer_id(0))
    with branch.bank.store.write() as db:
        branch.bank.consents.revoke(db, consent.consent_id, branch.customer_id(0))
    require_invalid_grant(client.redeem(code), "CONSENT_REVOKED")


@pytest.mark.clause("9.3.2-1.3")
def test_a_consent_for_one_use_gives_no_refresh_token(client: Client) -> None:
    tokens = client.linked(detail=client.accounts(validity="once", valid_to=None))
    assert "refresh_token" not in tokens
    assert tokens["expires_in"] == 900


@pytest.mark.clause("9.3.2-1.2.1", "7.3.1-1")
def test_without_a_user_only_public_interfaces_can_be_had(branch: Branch, client: Client) -> None:
    issued = client.post("token", TOKEN).json
    assert issued["scope"].split() == ["products.list", "products.get", "rates.list"]
    assert client.post("token", TOKEN | {"scope": "rates.list"}).json["scope"] == "rates.list"
    refused = client.post("token", TOKEN | {"scope": "accounts.balance"})
    assert (refused.status, refused.json["error"]) == (400, "invalid_scope")
    accounts_only = Client(branch, apis=["accounts.list"])
    assert accounts_only.post("token", TOKEN).json["error"] == "unauthorized_client"


@pytest.mark.clause("7.2.1-b-2.1")
@pytest.mark.parametrize(
    "grant_type", ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "PASSWORD"]
)
def test_there_are_three_grants_and_no_other(client: Client, grant_type: str) -> None:
    refused = client.post("token", {"grant_type": grant_type})
    assert (refused.status, refused.json["error"]) == (400, "unsupported_grant_type")


@pytest.mark.clause("7.3.3-1.2")
def test_every_call_leaves_a_record(branch: Branch, client: Client) -> None:
    client.post("token", TOKEN)
    client.post("token", {"grant_type": "password"})
    client.post("token", TOKEN, proven=False)
    served, refused, unknown = branch.records()
    assert (served["api_id"], served["result"], served["app_id"]) == ("oauth.token", "success", client.app_id)
    assert (refused["result"], refused["code"], refused["status"]) == ("failure", "unsupported_grant_type", 400)
    assert (unknown["app_id"], unknown["status"]) == ("-", 401)


def test_tokens_are_forgotten_a_day_after_their_end(branch: Branch, client: Client) -> None:
    with branch.bank.store.write() as db:
        for _ in range(100):
            branch.bank.tokens.issue_for_application(db, client.app_id, Binding(), "rates.list", 3600)
    branch.clock.advance(3600 + 86_400 + 1)
    with branch.bank.store.write() as db:
        for _ in range(156):
            newest = branch.bank.tokens.issue_for_application(db, client.app_id, Binding(), "rates.list", 3600)
    assert branch.bank.store.read("SELECT count(*) FROM tokens") == [(156,)]
    branch.grant(newest.access_token)
