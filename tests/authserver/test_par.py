"""Pushed authorization requests: what is refused, and with which words of RFC 6749, 9126 and 9396."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bank_sim.clock import rfc3339
from tests.branch import Branch
from tests.client import Client

YEAR_S = 365 * 86_400


def moment(branch: Branch, ahead_s: int) -> str:
    return rfc3339(branch.clock.now_s() + ahead_s)


def test_a_pushed_request_answers_a_reference_that_lives_for_90_seconds(client: Client) -> None:
    pushed = client.ask()
    assert pushed.status == 201
    assert pushed.json["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert pushed.json["expires_in"] == 90
    assert pushed.header("cache-control") == "no-store"


@pytest.mark.clause("7.3.2-1", "9.3.1-1.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "too short"},
        {"code_challenge": "+" * 43},
    ],
)
def test_pkce_cannot_be_downgraded(client: Client, branch: Branch, changes: dict[str, Any]) -> None:
    refused = client.ask(**changes)
    assert (refused.status, refused.json["error"]) == (400, "invalid_request")
    assert branch.last_record()["api_id"] == "oauth.par"
    assert branch.last_record()["code"] == "invalid_request"


@pytest.mark.parametrize(
    "redirect_uri",
    [
        None,
        "https://wallet.localhost:8442/callback/",
        "https://wallet.localhost:8442/callback?x=1",
        "https://wallet.localhost/callback",
        "https://wallet.localhost:8442.evil.example/callback",
        "http://wallet.localhost:8442/callback",
    ],
)
def test_a_redirect_uri_is_compared_as_a_whole(client: Client, redirect_uri: str | None) -> None:
    refused = client.ask(redirect_uri=redirect_uri)
    assert (refused.status, refused.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
        ({"request": "e30."}, "invalid_request"),
        ({"state": "s" * 513}, "invalid_request"),
        ({"scope": "transfers.execute"}, "invalid_scope"),
        ({"authorization_details": None}, "invalid_authorization_details"),
    ],
)
def test_what_is_not_offered_is_refused(client: Client, changes: dict[str, Any], error: str) -> None:
    refused = client.ask(**changes)
    assert (refused.status, refused.json["error"]) == (400, error)
    assert set(refused.json) == {"error", "error_description", "code", "trace_id"}


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "{}",
        "[]",
        "[1]",
        '[{"type":"account_information"},{"type":"account_information"}]',
        '[{"type":"everything","validity":"once"}]',
        '[{"validity":"once","apis":["accounts.list"]}]',
        '[{"type":"account_information","type":"payment","validity":"once","apis":["accounts.list"]}]',
        '[{"type":"account_information","validity":"once","apis":["accounts.list"],"extra":1}]',
        '[{"type":"account_information","validity":"forever","apis":["accounts.list"]}]',
        '[{"type":"account_information","validity":"once","apis":[]}]',
        '[{"type":"account_information","validity":"once","apis":["accounts.list","accounts.list"]}]',
        '[{"type":"account_information","validity":"once","apis":["products.list"]}]',
        '[{"type":"account_information","validity":"once","apis":["transfers.execute"]}]',
        '[{"type":"payment","validity":"once"}]',
        '[{"type":"payment","validity":"once","transfer_id":"tr_a","sealed":"x"}]',
        "[" * 17 + "]" * 17,
    ],
)
def test_authorization_details_are_read_strictly(client: Client, text: str) -> None:
    refused = client.ask(text)
    assert (refused.status, refused.json["error"]) == (400, "invalid_authorization_details")


@pytest.mark.clause("9.3.2-1.2.2")
@pytest.mark.parametrize("changes", [{"validity": None}, {"valid_to": None}, {"validity": None, "valid_to": None}])
def test_a_consent_without_an_end_cannot_be_asked_for(client: Client, changes: dict[str, Any]) -> None:
    refused = client.ask(client.accounts(**changes))
    assert (refused.status, refused.json["error"]) == (400, "invalid_authorization_details")
    assert refused.json["code"] == "CONSENT_PERIOD_REQUIRED"


@pytest.mark.clause("9.3.2-1.3")
@pytest.mark.parametrize(
    ("validity", "ahead_s", "status"),
    [
        ("once", 600, 201),
        ("once", 901, 400),
        ("period", YEAR_S, 201),
        ("period", YEAR_S + 1, 400),
        ("period", 0, 400),
        ("agreement", 5 * YEAR_S, 201),
        ("agreement", 5 * YEAR_S + 1, 400),
    ],
)
def test_a_consents_end_lies_ahead_and_within_the_policy(
    branch: Branch, client: Client, validity: str, ahead_s: int, status: int
) -> None:
    asked = client.ask(client.accounts(validity=validity, valid_to=moment(branch, ahead_s)))
    assert asked.status == status


@pytest.mark.parametrize("valid_to", ["tomorrow", "2026-02-30T00:00:00Z", "2026-03-01T00:00:00"])
def test_a_consents_end_is_a_moment(client: Client, valid_to: str) -> None:
    assert client.ask(client.accounts(valid_to=valid_to)).json["error"] == "invalid_authorization_details"


@pytest.mark.clause("9.3.2-1.1.1", "7.3.1-1")
def test_an_application_asks_for_no_more_than_it_is_granted(branch: Branch) -> None:
    modest = Client(branch, apis=["accounts.list"])
    refused = modest.ask(modest.accounts(apis=["accounts.list", "accounts.balance"]))
    assert (refused.status, refused.json["code"]) == (400, "API_NOT_GRANTED")
    payment = modest.ask({"type": "payment", "validity": "once", "transfer_id": branch.transfer(modest.app_id)})
    assert payment.json["code"] == "API_NOT_GRANTED"


def test_a_payment_names_a_transfer_of_the_same_application(branch: Branch, client: Client) -> None:
    other = Client(branch)
    detail = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(other.app_id)}
    assert other.ask(detail).status == 201
    assert client.ask(detail).json["code"] == "RESOURCE_NOT_AUTHORIZED"
    assert client.ask(detail | {"transfer_id": "tr_nothing"}).json["code"] == "RESOURCE_NOT_AUTHORIZED"


def test_a_transfer_that_expired_cannot_be_asked_for(branch: Branch, client: Client) -> None:
    detail = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    branch.clock.advance(900)
    assert client.ask(detail).json["code"] == "TRANSFER_STATE"


@pytest.mark.parametrize(
    ("body", "media_type", "error"),
    [
        (b"client_id=a&client_id=a", "application/x-www-form-urlencoded", "invalid_request"),
        (b'{"client_id":"a"}', "application/json", "invalid_request"),
        (b"client_id=%ff", "application/x-www-form-urlencoded", "invalid_request"),
        ("client_id=\u4e2d".encode(), "application/x-www-form-urlencoded", "invalid_request"),
        (b"&".join(b"p%d=1" % number for number in range(40)), "application/x-www-form-urlencoded", "invalid_request"),
        (b"state=" + b"s" * 20_000, "application/x-www-form-urlencoded", "invalid_request"),
    ],
)
def test_a_form_that_can_be_read_in_two_ways_is_not_read(
    client: Client, body: bytes, media_type: str, error: str
) -> None:
    refused = client.send("par", body, media_type=media_type)
    assert (refused.status, refused.json["error"]) == (400, error)


def test_a_header_that_stands_twice_is_refused(client: Client) -> None:
    refused = client.post("par", {}, headers=(("content-type", "text/plain"),))
    assert refused.json["code"] == "HEADER_DUPLICATED"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ((("signature", "sig1=:AA==:"), ("signature", "sig1=:AA==:")), "SIGNATURE_AMBIGUOUS"),
        ((("x-note", "one\r\n two"),), "HEADER_FOLDED"),
        ((("x-note", "caf\xe9"),), "HEADER_INVALID"),
    ],
)
def test_a_header_with_two_readings_is_refused_as_at_the_interfaces(
    client: Client, headers: tuple[tuple[str, str], ...], code: str
) -> None:
    refused = client.post("par", {}, headers=headers)
    assert (refused.status, refused.json["error"], refused.json["code"]) == (400, "invalid_request", code)


@pytest.mark.parametrize("name", ["via", "accept", "cookie"])
def test_a_list_that_a_proxy_split_is_taken(client: Client, name: str) -> None:
    taken = client.post("token", {"grant_type": "client_credentials"}, headers=((name, "1.1 a"), (name, "1.1 b")))
    assert taken.status == 200


def test_the_sent_consent_waits_and_nothing_more(branch: Branch, client: Client) -> None:
    client.ask()
    (consent_id,) = branch.bank.store.read("SELECT consent_id FROM consents")[0]
    consent = branch.bank.consents.get(consent_id)
    assert consent.state == "requested"
    assert consent.customer_id is None
    assert branch.last_record()["consent_id"] == consent_id


def test_details_may_be_sent_with_a_signed_message(client: Client) -> None:
    assert client.ask(json.dumps([client.accounts()]), signed=True).status == 201
