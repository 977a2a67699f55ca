"""The SDK as an application uses it, against the real gateway, with a man in the middle where there is one."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app_sim.bank import bank_settings, client_keys
from app_sim.vault import Vault
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import Answer, BankCall, BankClient, Pkce, Tokens

Deliver = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def calls() -> list[BankCall]:
    return []


@pytest.fixture
def client(town: Any, suite: str, calls: list[BankCall]) -> Iterator[BankClient]:
    config = town.wallet_config(suite)
    vault = Vault(config.keys, b"a passphrase")
    with BankClient(
        bank_settings(config, vault), client_keys(config, vault), town.clock, town.wire, calls.append
    ) as client:
        yield client


@pytest.fixture
def linked(town: Any, client: BankClient) -> Tokens:
    """Tokens of a user's consent, by the whole authorization code flow."""
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


def _order(town: Any, client: BankClient, tokens: Tokens, **changes: Any) -> Answer:
    """Place an order of 10.00 from the first account to the payee."""
    account = client.call("accounts.list", "GET", "/api/accounts", token=tokens.access_token).data["items"][0]
    facts: dict[str, Any] = {
        "body": {
            "order_no": "order-1",
            "debtor_account_ref": account["account_ref"],
            "amount": "10.00",
            "currency": "CNY",
        },
        "sealed": {"creditor_account": town.payee_account, "creditor_name": town.payee_name},
        "token": tokens.access_token,
        "idempotency_key": "key-1",
    }
    return client.call("transfers.create", "POST", "/api/transfers", **(facts | changes))


@pytest.mark.clause("7.2.2-2.1")
def test_a_public_query_is_authenticated_by_app_secret_both_ways(town: Any, client: BankClient) -> None:
    answer = client.call("products.list", "GET", "/api/products", query={"category": "fund"}, with_secret=True)
    assert answer.data["items"]
    assert '.secret"' in town.wire.sent[-1].headers["signature-input"]
    assert '.secret"' in answer.headers["signature-input"]


@pytest.mark.clause("7.2.2-3.2.1", "9.3.3-2.2.2")
def test_sealed_members_are_opened_and_not_readable_on_the_wire(client: BankClient, linked: Tokens, town: Any) -> None:
    seen: list[bytes] = []

    def listen(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        response = deliver(request)
        seen.extend((request.content, response.content))
        return response

    town.wire.bend = listen
    balances = client.call("accounts.balances", "GET", "/api/balances", token=linked.access_token).data["items"]
    _order(town, client, linked)
    assert [each for each in balances if each["available_balance"].encode() in b"".join(seen)] == []
    assert town.payee_account.encode() not in b"".join(seen)
    assert town.payee_name.encode() not in b"".join(seen)


@pytest.mark.clause("7.2.2-2.1", "7.2.2-2.3", "9.3.3-1.1")
@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda response: httpx.Response(200, headers=response.headers, content=b'{"items":[]}'), "DIGEST_MISMATCH"),
        (lambda response: httpx.Response(200, content=response.content), "ANSWER_UNSIGNED"),
        (lambda response: httpx.Response(299, headers=response.headers, content=response.content), "SIGNATURE_INVALID"),
    ],
)
def test_a_tampered_answer_is_refused(town: Any, client: BankClient, linked: Tokens, forge: Any, code: str) -> None:
    town.wire.bend = lambda request, deliver: forge(deliver(request))
    with pytest.raises(Problem) as refused:
        client.call("accounts.list", "GET", "/api/accounts", token=linked.access_token)
    assert refused.value.code == code


@pytest.mark.clause("7.2.2-2.3")
def test_two_swapped_answers_are_refused(town: Any, client: BankClient, linked: Tokens) -> None:
    first: list[httpx.Response] = []

    def splice(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        first.append(deliver(request))
        return first[0]

    town.wire.bend = splice
    client.call("accounts.list", "GET", "/api/accounts", token=linked.access_token)
    with pytest.raises(Problem) as refused:
        client.call("accounts.list", "GET", "/api/accounts", token=linked.access_token)
    assert refused.value.code == "RESPONSE_BINDING_FAILED"


@pytest.mark.clause("9.3.3-1.1")
def test_a_client_without_the_check_believes_a_forged_answer(town: Any, suite: str) -> None:
    def forge(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        return httpx.Response(200, headers=deliver(request).headers, content=b'{"items":["forged"]}')

    town.wire.bend = forge
    config = town.wallet_config(suite, weakened=frozenset({"answer_intact"}))
    vault = Vault(config.keys, b"a passphrase")
    with BankClient(bank_settings(config, vault), client_keys(config, vault), town.clock, town.wire) as client:
        assert client.call("products.list", "GET", "/api/products").data == {"items": ["forged"]}


def test_a_check_that_does_not_exist_cannot_be_left_out(town: Any) -> None:
    config = town.wallet_config("gm", weakened=frozenset({"answer_looks_nice"}))
    vault = Vault(config.keys, b"a passphrase")
    with pytest.raises(ValueError, match="answer_looks_nice"):
        BankClient(bank_settings(config, vault), client_keys(config, vault), town.clock, town.wire)


def test_a_refusal_bears_the_banks_code_detail_and_trace(client: BankClient, calls: list[BankCall]) -> None:
    with pytest.raises(Problem) as refused:
        client.call("accounts.list", "GET", "/api/accounts")
    assert refused.value.code == "TOKEN_REQUIRED"
    assert refused.value.members["trusted"] is True
    assert refused.value.members["trace_id"] == calls[-1].trace_id
    assert calls[-1].code == "TOKEN_REQUIRED"


def test_a_refusal_that_the_bank_cannot_sign_is_marked_untrusted(town: Any) -> None:
    config = town.wallet_config("gm")
    vault = Vault(config.keys, b"a passphrase")
    with town.bank.store.write() as db:
        db.execute("DELETE FROM application_keys")
    with BankClient(bank_settings(config, vault), client_keys(config, vault), town.clock, town.wire) as client:
        with pytest.raises(Problem) as refused:
            client.call("products.list", "GET", "/api/products")
    assert refused.value.members["trusted"] is False


def test_a_lost_query_is_sent_again_under_a_new_nonce(town: Any, client: BankClient, calls: list[BankCall]) -> None:
    town.wire.bend = _losing(1)
    assert client.call("products.list", "GET", "/api/products").data["items"]
    nonces = {request.headers["signature-input"] for request in town.wire.sent}
    assert len(nonces) == 2
    assert [call.code for call in calls] == ["RESULT_UNKNOWN", None]


def test_a_lost_order_is_sent_again_under_the_same_key_and_takes_effect_once(
    town, client: BankClient, linked: Tokens
) -> None:
    transfers = town.count("transfers")
    lost: list[str] = []

    def lose_the_first_answer(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        response = deliver(request)
        if request.method == "POST" and not lost:
            lost.append(request.headers["idempotency-key"])
            raise httpx.ReadTimeout("no answer", request=request)
        return response

    town.wire.bend = lose_the_first_answer
    answer = _order(town, client, linked)
    assert answer.data["order_no"] == "order-1"
    assert lost == ["key-1"]
    assert town.count("transfers") == transfers + 1


@pytest.mark.clause("9.3.3-1.2")
@pytest.mark.parametrize("how", ["lost", "unsigned refusal", "altered", "refused before it was accepted"])
def test_without_a_proven_answer_the_result_of_an_order_is_unknown(
    town, client: BankClient, linked: Tokens, how: str
) -> None:
    refusal = strict_json.dump({"code": "PAYEE_MISMATCH", "status": 422, "trace_id": "t"})

    def disturb(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        if request.method != "POST":
            return deliver(request)
        response = deliver(request)
        if how == "lost":
            raise httpx.ReadTimeout("no answer", request=request)
        if how == "unsigned refusal":
            return httpx.Response(422, content=refusal)
        if how == "altered":
            return httpx.Response(201, headers=response.headers, content=response.content + b" ")
        return deliver(request)  # A replay: the bank signs NONCE_REPLAYED, and has heeded the original.

    town.wire.bend = disturb
    with pytest.raises(Problem) as unknown:
        _order(town, client, linked)
    assert unknown.value.code == "RESULT_UNKNOWN"
    expected = {"unsigned refusal": "PAYEE_MISMATCH", "altered": "DIGEST_MISMATCH"}
    expected["refused before it was accepted"] = "NONCE_REPLAYED"
    assert unknown.value.members.get("answer_code") == expected.get(how)


@pytest.mark.clause("9.3.3-1.2")
@pytest.mark.parametrize("second", ["refused by the bank", "another certificate"])
def test_after_a_lost_answer_no_refusal_of_the_repetition_is_definite(
    town: Any, client: BankClient, linked: Tokens, calls: list[BankCall], second: str
) -> None:
    sendings: list[httpx.Request] = []

    def disturb(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        if request.method != "POST":
            return deliver(request)
        sendings.append(request)
        if len(sendings) == 2 and second == "another certificate":
            raise httpx.ConnectError("TLS") from ssl.SSLCertVerificationError("self-signed")
        response = deliver(request)
        if len(sendings) == 1:
            with town.bank.store.write() as db:
                db.execute("UPDATE tokens SET revoked = 1")
            raise httpx.ReadTimeout("no answer", request=request)
        return response

    town.wire.bend = disturb
    with pytest.raises(Problem) as unknown:
        _order(town, client, linked)
    code = {"refused by the bank": "TOKEN_REVOKED", "another certificate": "BANK_IDENTITY_INVALID"}[second]
    assert (unknown.value.code, unknown.value.members["answer_code"]) == ("RESULT_UNKNOWN", code)
    assert calls[-1].code == code


@pytest.mark.clause("9.3.3-1.2")
def test_an_answer_that_cannot_be_decoded_is_no_answer(town: Any, client: BankClient, linked: Tokens) -> None:
    def garble(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        response = deliver(request)
        if request.method != "POST":
            return response
        return httpx.Response(201, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))

    transfers = town.count("transfers")
    town.wire.bend = garble
    with pytest.raises(Problem) as unknown:
        _order(town, client, linked)
    assert unknown.value.code == "RESULT_UNKNOWN"
    assert town.count("transfers") == transfers + 1


def test_a_query_whose_answer_cannot_be_decoded_is_unanswered(town: Any, client: BankClient) -> None:
    town.wire.bend = lambda request, deliver: httpx.Response(
        200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")
    )
    with pytest.raises(Problem) as refused:
        client.call("products.list", "GET", "/api/products")
    assert refused.value.code == "SERVICE_UNAVAILABLE"


@pytest.mark.clause("9.3.3-1.2")
def test_an_order_that_never_left_is_definitely_not_placed(town: Any, client: BankClient, linked: Tokens) -> None:
    def unreachable(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        if request.method == "POST":
            raise httpx.ConnectError("refused", request=request)
        return deliver(request)

    town.wire.bend = unreachable
    with pytest.raises(Problem) as refused:
        _order(town, client, linked)
    assert refused.value.code == "SERVICE_UNAVAILABLE"
    assert refused.value.kind.retry_safe


def test_a_signed_refusal_of_an_order_is_definite(town: Any, client: BankClient, linked: Tokens) -> None:
    with pytest.raises(Problem) as refused:
        _order(town, client, linked, sealed={"creditor_account": "6229990000000000", "creditor_name": "nobody"})
    assert refused.value.kind.status == 422
    assert refused.value.members["trusted"] is True


def test_a_token_request_is_never_repeated(town: Any, client: BankClient) -> None:
    town.wire.bend = _losing(1)
    with pytest.raises(Problem) as refused:
        client.oauth.client_credentials()
    assert refused.value.code == "SERVICE_UNAVAILABLE"
    assert len(town.wire.sent) == 1


@pytest.mark.clause("7.2.2-2.1", "9.3.3-1.1")
def test_oauth_requests_are_signed_and_their_answers_verified(town: Any, client: BankClient) -> None:
    assert client.oauth.client_credentials("products.list").access_token
    assert '"content-digest"' in town.wire.sent[-1].headers["signature-input"]
    town.wire.bend = lambda request, deliver: httpx.Response(200, content=deliver(request).content)
    with pytest.raises(Problem) as refused:
        client.oauth.client_credentials()
    assert refused.value.code == "ANSWER_UNSIGNED"


def test_tokens_are_refreshed_and_given_back(client: BankClient, linked: Tokens) -> None:
    assert linked.refresh_token is not None
    fresh = client.oauth.refresh(linked.refresh_token)
    assert client.call("accounts.list", "GET", "/api/accounts", token=fresh.access_token).data["items"]
    assert fresh.refresh_token is not None
    client.oauth.revoke(fresh.refresh_token)
    with pytest.raises(Problem) as refused:
        client.call("accounts.list", "GET", "/api/accounts", token=fresh.access_token)
    assert refused.value.code in ("TOKEN_REVOKED", "CONSENT_REVOKED", "TOKEN_INVALID")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"code": "c", "iss": "https://evil.example"}, "ISS_MISMATCH"),
        ({"code": "c"}, "ISS_MISMATCH"),
        ({"error": "access_denied", "iss": "https://localhost:8440"}, "access_denied"),
        ({"error": "never_heard_of", "iss": "https://localhost:8440"}, "access_denied"),
        ({"iss": "https://localhost:8440"}, "invalid_request"),
    ],
)
def test_what_comes_back_with_the_browser_is_not_believed(
    client: BankClient, parameters: dict[str, str], code: str
) -> None:
    with pytest.raises(Problem) as refused:
        client.oauth.code_of_return(parameters)
    assert refused.value.code == code


def _losing(count: int) -> Callable[[httpx.Request, Deliver], httpx.Response]:
    left = [count]

    def lose(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        response = deliver(request)
        if left[0] > 0:
            left[0] -= 1
            raise httpx.ReadTimeout("no answer", request=request)
        return response

    return lose
