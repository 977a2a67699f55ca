"""The order of the checks, what they answer to a caller with several faults, and the metadata that describes them."""

from __future__ import annotations

import pytest

from bank_sim.authserver import CHECKS, DEFENCES
from tests.bank_in_process import suspend
from tests.branch import Branch
from tests.client import Client

ENDPOINTS = ("par", "token", "revoke", "introspect")


def test_the_order_of_the_checks_is_a_decision() -> None:
    names = [each.name for each in CHECKS.rows]
    for earlier, later in (
        ("oauth_form", "client_name"),
        ("oauth_authority", "client_assertion"),
        ("source_gate", "client_assertion"),
        ("client_assertion", "client_certificate"),
        ("client_certificate", "client_status"),
        ("client_assertion", "assertion_once"),
        ("assertion_once", "client_status"),
        ("oauth_signature", "oauth_nonce"),
        ("oauth_nonce", "authorization_details"),
        ("pkce", "authorization_details"),
    ):
        assert names.index(earlier) < names.index(later)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_no_endpoint_answers_a_stranger(client: Client, endpoint: str) -> None:
    refused = client.post(endpoint, {"client_id": client.app_id, "grant_type": "client_credentials"}, proven=False)
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")


def test_of_several_faults_the_first_in_the_table_is_answered(branch: Branch, client: Client) -> None:
    wrong = {"client_assertion_type": "urn:other", "grant_type": "password"}
    assert client.post("token", wrong).json["error"] == "invalid_client"
    assert (
        client.ask(redirect_uri="https://evil.example", code_challenge=None)
        .json["error_description"]
        .startswith("redirect_uri")
    )
    suspend(branch.bank, client.app_id)
    assert client.post("token", {"grant_type": "password"}).json["code"] == "APP_SUSPENDED"


def test_a_nonce_is_not_burned_by_a_message_whose_signature_fails(branch: Branch, client: Client) -> None:
    client.post("token", {"grant_type": "client_credentials"}, signed=True)
    headers = tuple((name, value) for name, value in client.sent.items() if name.startswith(("sig", "content-d")))
    before = branch.bank.replay_store.read("SELECT count(*) FROM burned WHERE scope LIKE 'nonce:%'")
    spoiled = tuple((name, value.replace("sig1=:", "sig1=:AAAA")) for name, value in headers)
    client.post("token", {"grant_type": "client_credentials"}, headers=spoiled)
    assert branch.bank.replay_store.read("SELECT count(*) FROM burned WHERE scope LIKE 'nonce:%'") == before


@pytest.mark.parametrize("name", sorted(DEFENCES))
def test_a_weakened_server_still_serves_honest_clients(branch: Branch, client: Client, name: str) -> None:
    branch.switches.weaken([name])
    assert client.linked()["token_type"] == "Bearer"
    assert branch.last_record()["weakened"] == name


def test_without_its_redirect_check_the_server_would_send_codes_anywhere(branch: Branch, client: Client) -> None:
    assert client.ask(redirect_uri="https://evil.example/").status == 400
    branch.switches.weaken(["redirect_uri"])
    assert client.ask(redirect_uri="https://evil.example/").status == 201


def test_an_assertion_replays_only_where_that_defence_is_out(branch: Branch, client: Client) -> None:
    form = {"grant_type": "client_credentials"} | client.proof()
    branch.switches.weaken(["assertion_once"])
    assert [client.post("token", form, proven=False).status for _ in range(2)] == [200, 200]


def test_the_metadata_describes_what_is_there(branch: Branch, client: Client) -> None:
    with branch.machines.test_client() as http:
        document = http.get("/.well-known/oauth-authorization-server").json
    assert document["issuer"] == "https://localhost:8440"
    assert document["authorization_endpoint"] == "https://bank.localhost:8441/authorize"
    assert document["require_pushed_authorization_requests"] is True
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["token_endpoint_auth_methods_supported"] == ["private_key_jwt", "tls_client_auth"]
    rules = {rule.rule for rule in branch.machines.url_map.iter_rules()}
    for name in ("token", "revocation", "introspection", "pushed_authorization_request"):
        assert document[f"{name}_endpoint"].removeprefix("https://localhost:8440") in rules
