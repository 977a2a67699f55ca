"""Input of every kind, none of which may be understood in two ways or end in an error of ours."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bank_sim.authserver import blueprint
from bank_sim.gateway import create_app
from bank_sim.sdk.protocol.problems import CATALOGUE
from tests.gateway.defects import Draft, has_body, says
from tests.gateway.party import AUTHORITY

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town
    from tests.gateway.wire import Message, Reply

TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"


def ask(town: Town, party: Party, **changes: object) -> Reply:
    return town.send(replace(party.message("GET", "/api/products"), **changes))


@pytest.mark.parametrize(
    ("repeated", "code"),
    [
        ((("x-api-version", "1"),), "HEADER_DUPLICATED"),
        ((("authorization", "Bearer a"), ("authorization", "Bearer b")), "HEADER_DUPLICATED"),
        ((("content-digest", "a"), ("content-digest", "a")), "HEADER_DUPLICATED"),
        ((("signature", "sig1=:AAAA:"),), "SIGNATURE_AMBIGUOUS"),
        ((("signature-input", 'sig1=("@method");created=1'),), "SIGNATURE_AMBIGUOUS"),
        ((("x-any", "a\r\n b"),), "HEADER_FOLDED"),
        ((("x-any", "a\x00b"),), "HEADER_INVALID"),
        ((("x-any", "caf\xe9"),), "HEADER_INVALID"),
    ],
)
@pytest.mark.clause("7.2.2-1", "7.3.2-1")
def test_headers_have_one_value_on_one_line(
    town: Town, party: Party, repeated: tuple[tuple[str, str], ...], code: str
) -> None:
    assert ask(town, party, repeated=repeated).code == code


def test_lists_that_a_client_may_split_are_not_mistaken_for_duplicates(town: Town, party: Party) -> None:
    assert ask(town, party, repeated=(("accept", "application/json"), ("accept", "*/*"))).status == 200


@pytest.mark.clause("7.2.2-2.1")
@pytest.mark.parametrize("header", ["signature", "signature-input"])
def test_a_second_signature_in_one_header_is_refused(town: Town, party: Party, header: str) -> None:
    second = {"signature": "sig2=:AAAA:", "signature-input": 'sig2=("@method");created=1;nonce="a";keyid="b"'}
    reply = ask(town, party)
    both = f"{reply.request_headers[header]}, {second[header]}"
    assert ask(town, party, extra={header: both}).code == "SIGNATURE_AMBIGUOUS"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("category=deposit&category=fund", "PARAM_INVALID"),
        ("category=gold", "PARAM_INVALID"),
        ("colour=red", "PARAM_INVALID"),
        ("category", "PARAM_INVALID"),
        ("category=%ff", "PARAM_INVALID"),
        ("&".join(f"a{number}=1" for number in range(30)), "PARAM_INVALID"),
        ("phone=15400000001", "PARAM_INVALID"),
    ],
)
@pytest.mark.clause("7.2.2-1")
def test_a_query_is_what_the_interface_takes(town: Town, party: Party, query: str, code: str) -> None:
    assert ask(town, party, query=query).code == code


@pytest.mark.parametrize("limit", ["0", "51", "100", "-1", "1.5", "ten", "1e1", "", "0x10", "%EF%BC%91"])
def test_a_page_has_one_to_fifty_entries(town: Town, party: Party, limit: str) -> None:
    user = town.consent(party)
    path = f"/api/accounts/{user.account_refs[0]}/transactions"
    assert party.get(path, query=f"limit={limit}", token=user.token).code == "PARAM_INVALID"


@pytest.mark.parametrize("path", ["/api/products/a%20b", "/api/products/" + "a" * 33, "/api/products/a.b"])
def test_a_path_names_things_in_the_interface_s_alphabet(town: Town, party: Party, path: str) -> None:
    assert party.get(path).code == "PARAM_INVALID"


def test_a_body_where_none_belongs_is_refused(town: Town, party: Party) -> None:
    message = party.message("GET", "/api/products", body=b"{}")
    assert town.send(message).code == "PARAM_INVALID"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"amount": 100}, "PARAM_INVALID"),
        ({"amount": "100"}, "AMOUNT_INVALID"),
        ({"amount": "-1.00"}, "AMOUNT_INVALID"),
        ({"amount": "0.00"}, "AMOUNT_INVALID"),
        ({"amount": "1,000.00"}, "AMOUNT_INVALID"),
        ({"amount": "１.00"}, "AMOUNT_INVALID"),
        ({"amount": "99999999999999.00"}, "AMOUNT_INVALID"),
        ({"currency": "USD"}, "PARAM_INVALID"),
        ({"order_no": ""}, "PARAM_INVALID"),
        ({"order_no": "a" * 65}, "PARAM_INVALID"),
        ({"order_no": "a b"}, "PARAM_INVALID"),
        ({"purpose": "a" * 61}, "PARAM_INVALID"),
        ({"debtor_account_ref": None}, "PARAM_INVALID"),
        ({"sealed": {}}, "PARAM_INVALID"),
        ({"sealed": ""}, "PARAM_INVALID"),
        ({"state": "executed"}, "UNKNOWN_MEMBER"),
        ({"amount_fen": 1}, "UNKNOWN_MEMBER"),
        ({"card_no": "6229991234567890123"}, "PLAINTEXT_SENSITIVE_FIELD"),
        ({"purpose": "for 6225880137006863"}, "PLAINTEXT_SENSITIVE_FIELD"),
        ({"purpose": "for 99010119800101001X"}, "PLAINTEXT_SENSITIVE_FIELD"),
    ],
    ids=str,
)
@pytest.mark.clause("7.2.2-1", "7.2.2-3.2.1")
def test_a_transfer_order_has_its_members_and_no_others(
    town: Town, party: Party, members: dict[str, object], code: str
) -> None:
    user = town.consent(party)
    assert town.send(party.order(user, document=members)).code == code
    assert town.orders() == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"creditor_account": "6229991234567890123"}, "PARAM_INVALID"),
        ({"creditor_account": "62 29", "creditor_name": "李四光"}, "PARAM_INVALID"),
        ({"creditor_account": "6229991234567890123", "creditor_name": "李四光", "amount": "1.00"}, "UNKNOWN_MEMBER"),
        ({"creditor_account": "6229991234567890123", "creditor_name": "李四光"}, "PAYEE_MISMATCH"),
    ],
    ids=str,
)
def test_sealed_members_are_judged_like_open_ones(
    town: Town, party: Party, fields: dict[str, object], code: str
) -> None:
    user = town.consent(party)
    message = party.order(user)
    sealed = party.sealed(fields, nonce=message.nonce)
    assert town.send(party.order(user, document={"sealed": sealed}, nonce=message.nonce)).code == code


@pytest.mark.clause("7.2.2-3.2.1")
@pytest.mark.parametrize(
    "elsewhere",
    [{"app_id": "app_other"}, {"api_id": "transfers.get"}, {"direction": "response"}, {"nonce": "other"}],
    ids=str,
)
def test_a_sealed_value_is_worthless_elsewhere(town: Town, party: Party, elsewhere: dict[str, str]) -> None:
    user = town.consent(party)
    message = party.order(user)
    payee = {"creditor_account": town.account_number(1), "creditor_name": "李四光"}
    sealed = party.sealed(payee, **({"nonce": message.nonce} | elsewhere))
    reply = town.send(party.order(user, document={"sealed": sealed}, nonce=message.nonce))
    assert reply.code == "DECRYPT_FAILED"
    assert reply.data["detail"] == CATALOGUE["DECRYPT_FAILED"].title


def test_an_unknown_member_is_named(town: Town, party: Party) -> None:
    reply = town.send(party.order(town.consent(party), document={"colour": "red"}))
    assert (reply.status, reply.code) == (400, "UNKNOWN_MEMBER")
    assert reply.data["detail"] == "body: unknown member colour"


@given(
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    path=st.sampled_from(["/api/products", "/api/transfers", "/api/accounts", "/api/x"])
    | st.text(max_size=40).map("/".__add__),
    query=st.text(max_size=40),
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                ["signature", "signature-input", "content-digest", "authorization", "x-api-version", "host"]
            )
            | st.text(TOKEN, min_size=1, max_size=20),
            st.text(st.characters(max_codepoint=255), max_size=60),
        ),
        max_size=8,
    ),
    body=st.binary(max_size=200),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.clause("7.1-7", "7.3.2-1")
def test_no_bytes_end_in_an_error_of_ours(
    town: Town, party: Party, method: str, path: str, query: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    town.with_policy(source_failures_max=1_000_000)
    target = path.encode().decode("latin-1")
    message: Message = replace(party.message(method, target), query=query.encode().decode("latin-1"))
    status, answer_headers, _ = town.deliver(message, headers, body)
    assert 400 <= status < 500
    assert answer_headers["content-type"] == "application/problem+json"


@given(
    place=st.integers(min_value=0),
    flip=st.integers(min_value=1, max_value=255),
    what=st.sampled_from(["signature", "signature-input", "content-digest", "x-api-version", "authorization", "host"]),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.clause("7.2.2-2.1")
def test_one_changed_character_of_anything_covered_is_noticed(
    town: Town, party: Party, place: int, flip: int, what: str
) -> None:
    town.with_policy(source_failures_max=1_000_000)
    user = town.consent(party)
    message = party.order(user)
    reply_headers = town.signed_headers(message)
    text = reply_headers[what]
    place %= len(text)
    changed = text[:place] + chr(ord(text[place]) ^ flip) + text[place + 1 :]
    # The case of a host means nothing (RFC 9421 section 2.2.3).
    assume(what != "host" or changed.lower() != text.lower())
    reply = town.send(replace(message, extra={what: changed}))
    assert reply.status >= 400
    assert town.orders() == 0


def test_what_foreign_developers_most_often_get_wrong_is_named(town: Town, party: Party) -> None:
    created_ms = int(town.clock.now_s() * 1000)
    assert "whole seconds" in ask(town, party, created_s=created_ms).data["detail"]
    late = ask(town, party, created_s=int(town.clock.now_s()) - 3600)
    assert late.data["verifier_time_s"] == int(town.clock.now_s())
    assert "check App_ID, App_Secret" in ask(town, party, keyid="app_aaaaaaaaaaaa.secret").data["detail"]
    user = town.consent(party)
    bare = party.message("POST", "/api/transfers", token=user.token, idempotency_key="k1")
    assert town.send(bare).data["detail"] == "The body is missing."


@pytest.mark.parametrize("purpose", ["rent\nPayee: somebody", "rent\u202e00.1", "re\u200bnt", "\u2028", "\ue000", "  "])
def test_a_purpose_is_text_that_shows_as_it_is(draft: Draft, purpose: str) -> None:
    says(purpose=purpose)(draft)
    reply = draft.send()
    assert reply.code == "PARAM_INVALID"
    assert reply.data["detail"].startswith("purpose: ")


def test_a_purpose_may_be_in_any_script(draft: Draft) -> None:
    says(purpose="一月　房租 – 1st floor")(draft)
    assert draft.send().status == 201


@pytest.mark.clause("7.2.2-3.2.1")
@pytest.mark.parametrize(
    "body",
    [
        b'{"amount":6225880137006863.5}',
        b'{"6225880137006863":1,"6225880137006863":2}',
        b'{"6225880137006863":1,"sealed":""}',
    ],
)
def test_a_number_in_a_refused_body_reaches_neither_log_nor_record(
    draft: Draft, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    has_body(body)(draft)
    reply = draft.send()
    assert reply.status == 400
    told = f"{caplog.text} {reply.data} {draft.town.records()[-1]}"
    assert "6225" not in told


@pytest.mark.parametrize(
    "alias",
    ["//oauth/token", "/oauth/%74oken", "/%6fauth/token", "/oauth//token", "/oauth/token/", "/./oauth/token"],
)
def test_an_endpoint_beside_the_interfaces_has_one_path(town: Town, party: Party, alias: str) -> None:
    town.app = create_app(town.bank, blueprint(town.bank))
    form = {"headers": {"host": AUTHORITY, "content-type": "application/x-www-form-urlencoded"}}
    plain, aliased = (town.send(party.message("POST", path, **form)) for path in ("/oauth/token", alias))
    assert (plain.status, plain.data["error"]) == (401, "invalid_client")
    assert (aliased.status, aliased.code) == (404, "API_NOT_FOUND")
    assert town.send(party.message("GET", "//openapi.json")).status == 404
