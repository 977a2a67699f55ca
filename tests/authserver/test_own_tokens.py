"""Revocation and introspection: a client's own tokens only."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch
from tests.client import Client

TOKEN = {"grant_type": "client_credentials"}


def state_of(client: Client, token: str) -> dict[str, Any]:
    return client.post("introspect", {"token": token}).json


@pytest.mark.clause("9.2.1-b-4.1")
def test_a_revoked_access_token_is_dead_at_once(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    assert client.post("revoke", {"token": tokens["access_token"]}).status == 200
    with pytest.raises(Problem, match="TOKEN_REVOKED"):
        branch.grant(tokens["access_token"])
    assert client.refresh(tokens["refresh_token"]).status == 200


def test_a_revoked_refresh_token_takes_its_family_along(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    client.post("revoke", {"token": tokens["refresh_token"], "token_type_hint": "access_token"})
    with pytest.raises(Problem, match="TOKEN_REVOKED"):
        branch.grant(tokens["access_token"])
    assert client.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_nobody_revokes_anothers_token(branch: Branch, client: Client) -> None:
    token = client.linked()["access_token"]
    answer = Client(branch).post("revoke", {"token": token})
    assert (answer.status, answer.body) == (200, b"")
    branch.grant(token)


def test_revoking_what_never_was_succeeds(client: Client) -> None:
    assert client.post("revoke", {"token": "never issued"}).status == 200


def test_introspection_describes_an_own_token(client: Client) -> None:
    tokens = client.linked()
    state = state_of(client, tokens["access_token"])
    assert state["active"] is True
    assert state["client_id"] == client.app_id
    assert state["cnf"] == {"kid": client.signing.kid}
    assert state["exp"] - state["iat"] == 1800
    assert state["authorization_details"] == tokens["authorization_details"]
    assert "customer" not in str(state)


def test_foreign_unknown_and_dead_tokens_look_alike(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    foreign = state_of(Client(branch), tokens["access_token"])
    unknown = state_of(client, "never issued")
    client.post("revoke", {"token": tokens["refresh_token"]})
    dead = state_of(client, tokens["access_token"])
    assert foreign == unknown == dead == {"active": False}


def test_a_token_of_a_revoked_consent_is_inactive(branch: Branch, client: Client) -> None:
    tokens = client.linked()
    with branch.bank.store.write() as db:
        branch.bank.consents.revoke(db, tokens["authorization_details"][0]["consent_id"], branch.customer_id(0))
    assert state_of(client, tokens["access_token"]) == {"active": False}


def test_a_token_whose_single_use_is_made_stays_active_for_the_outcome(branch: Branch, client: Client) -> None:
    payment = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    tokens = client.linked(detail=payment)
    consent_id = tokens["authorization_details"][0]["consent_id"]
    with branch.bank.store.write() as db:
        branch.bank.consents.use(db, consent_id, 10_000)
    assert branch.bank.consents.get(consent_id).state == "used"
    state = state_of(client, tokens["access_token"])
    assert (state["active"], state["authorization_details"]) == (True, tokens["authorization_details"])


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
def test_a_token_must_be_named(client: Client, endpoint: str) -> None:
    assert client.post(endpoint, {}).json["error"] == "invalid_request"


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
def test_strangers_learn_nothing(client: Client, endpoint: str) -> None:
    refused = client.post(endpoint, {"token": "x", "client_id": client.app_id}, proven=False)
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
