"""Messages under an RFC 9421 signature: verified where there is one, answered in kind, refusals too."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signatures import verify_answer
from tests.branch import Branch, Reply
from tests.client import Client

TOKEN = {"grant_type": "client_credentials"}


def headers_of(reply: Reply) -> dict[str, str]:
    return {name.lower(): value for name, value in reply.headers}


@pytest.mark.clause("7.2.2-2.1", "7.2.2-2.3")
@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_a_signed_request_gets_an_answer_bound_to_it(branch: Branch, suite: str) -> None:
    client = Client(branch, suite)
    issued = client.post("token", TOKEN, signed=True)
    assert issued.status == 200
    key = branch.bank.keys.signing(suite).public
    verify_answer(issued.status, headers_of(issued), issued.body, client.sent, key)
    other = client.post("token", TOKEN, signed=True)
    with pytest.raises(Problem, match="RESPONSE_BINDING_FAILED"):
        verify_answer(issued.status, headers_of(issued), issued.body, client.sent, key)
    verify_answer(other.status, headers_of(other), other.body, client.sent, key)


def test_a_refusal_of_a_signed_request_is_signed(branch: Branch, client: Client) -> None:
    refused = client.post("token", {"grant_type": "password"}, signed=True)
    assert refused.json["error"] == "unsupported_grant_type"
    key = branch.bank.keys.signing("intl").public
    verify_answer(refused.status, headers_of(refused), refused.body, client.sent, key)


def test_an_unsigned_request_gets_a_plain_answer(client: Client) -> None:
    assert "signature" not in headers_of(client.post("token", TOKEN))


@pytest.mark.clause("7.2.2-2.1")
def test_a_changed_body_is_noticed(branch: Branch, client: Client) -> None:
    body = urlencode(TOKEN | client.proof()).encode()
    client.send("token", body, signed=True)
    changed = urlencode(TOKEN | client.proof()).encode()
    resent = tuple((name, value) for name, value in client.sent.items() if name.startswith(("signature", "content-d")))
    refused = client.send("token", changed, headers=resent)
    assert (refused.status, refused.json["code"]) == (400, "DIGEST_MISMATCH")
    assert branch.last_record()["code"] == "DIGEST_MISMATCH"


@pytest.mark.clause("7.3.2-1")
def test_a_signed_message_is_taken_once(client: Client) -> None:
    body = urlencode(TOKEN | client.proof()).encode()
    client.send("token", body, signed=True)
    resent = tuple((name, value) for name, value in client.sent.items() if name.startswith(("signature", "content-d")))
    refused = client.send("token", body, headers=resent)
    # The assertion within it is the first to be found used; without it the nonce is.
    assert refused.status == 401
    assert refused.json["error"] == "invalid_client"


def test_a_signature_by_another_client_is_refused(branch: Branch, client: Client) -> None:
    other = Client(branch)
    client.signing, own = other.signing, client.signing
    proof = {"client_assertion": client.assertion(key=own)}
    refused = client.post("token", TOKEN | client.proof() | proof, proven=False, signed=True)
    assert (refused.status, refused.json["code"]) == (401, "KEY_UNKNOWN")


def test_a_signature_from_yesterday_is_refused(branch: Branch, client: Client) -> None:
    client.send("token", urlencode(TOKEN).encode(), signed=True)
    old = tuple((name, value) for name, value in client.sent.items() if name.startswith(("signature", "content-d")))
    branch.clock.advance(86_400)
    refused = client.post("token", TOKEN, headers=old)
    assert refused.json["code"] == "TIMESTAMP_EXPIRED"


def test_the_token_is_bound_to_the_key_that_signed(branch: Branch, client: Client) -> None:
    token = client.post("token", TOKEN, signed=True).json["access_token"]
    assert branch.grant(token).binding.kid == client.signing.kid
    record = branch.last_record()
    assert record["signature"].startswith("sig1=(")
    assert record["nonce"]


def test_a_refusal_before_the_client_is_known_is_unsigned_for_its_suite_is_unknown(client: Client) -> None:
    refused = client.post("token", {"grant_type": "refresh_token", "username": "somebody"}, signed=True)
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    assert "signature" not in headers_of(refused)


def test_a_client_without_a_name_is_told_so(client: Client) -> None:
    refused = client.post("par", {"response_type": "code"}, proven=False)
    assert refused.json["error_description"] == "client_id or client_assertion is missing."


def test_a_payment_of_an_unknown_transfer_is_told_apart_from_a_consent(client: Client) -> None:
    refused = client.ask(authorization_details='[{"type":"payment","validity":"once","transfer_id":"tr_unknown"}]')
    assert refused.json["error"] == "invalid_authorization_details"
    assert refused.json["error_description"] == "transfer_id names no transfer of this application."
