"""What goes back: signed as soon as there is somebody to sign to, bound to its request, and silent on our insides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bank_sim.corelink import CoreLink, Operation
from bank_sim.sdk.protocol.problems import CATALOGUE, Problem
from tests.gateway.defects import DEFECTS, Defect, Draft

if TYPE_CHECKING:
    from tests.gateway.party import Party
    from tests.gateway.town import Town

NewParty = Callable[..., "Party"]
UNSIGNED_UNTIL = "application_identity"
INSIDES = re.compile(
    rb"Traceback|File \"|sqlite|SELECT|INSERT|werkzeug|flask|python|/home|/root|/tmp|127\.0\.0\.1", re.I
)


@pytest.mark.clause("7.2.2-2.3")
@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_refusal_is_signed_from_the_row_on_where_the_caller_s_key_is_known(draft: Draft, defect: Defect) -> None:
    defect.spoil(draft)
    reply = draft.send()
    rows = list(dict.fromkeys(each.row for each in DEFECTS))
    known = rows.index(defect.row) > rows.index(UNSIGNED_UNTIL)
    heard = known and defect.row != "message_signature"
    assert ("signature" in reply.headers) == heard
    if heard:
        draft.party.require_signed(reply)


@pytest.mark.clause("7.2.2-2.3", "9.3.3-1.1")
def test_an_answer_does_not_fit_another_request(town: Town, new_party: NewParty, suite: str) -> None:
    party = new_party(suite)
    first, second = party.get("/api/products"), party.get("/api/products")
    party.require_signed(first)
    with pytest.raises(Problem, match="RESPONSE_BINDING_FAILED"):
        party.require_signed(replace(first, request_headers=second.request_headers))


@pytest.mark.clause("7.1-7")
@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_refusal_tells_nothing_of_servers_files_or_statements(draft: Draft, defect: Defect) -> None:
    defect.spoil(draft)
    reply = draft.send()
    assert not INSIDES.search(reply.body)
    assert set(reply.data) >= {"type", "title", "title_zh", "status", "code", "detail", "trace_id", "retry_safe"}
    assert reply.data["code"] in CATALOGUE
    assert "server" not in reply.headers


@pytest.mark.clause("7.1-7")
def test_a_defect_of_the_bank_is_opaque_signed_and_recorded(
    town: Town, party: Party, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> dict[str, object]:
        raise RuntimeError("SELECT secret FROM /root/bank.db")

    town.with_operation("products.list", Operation(fails))
    reply = party.get("/api/products")
    assert (reply.status, reply.code) == (500, "INTERNAL_ERROR")
    assert not INSIDES.search(reply.body)
    party.require_signed(reply)
    assert town.records()[-1]["code"] == "INTERNAL_ERROR"
    assert "secret" not in caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.clause("7.2.2-3.2.2")
@pytest.mark.parametrize(
    "leak", [{"debtor_account_masked": "6229990000000001234"}, {"id_number": "990101198001010014"}], ids=str
)
def test_an_answer_that_would_leak_becomes_an_internal_error(town: Town, party: Party, leak: dict[str, str]) -> None:
    """The core forgets to mask, or tells too much: the interface's shape lets neither pass."""
    user = town.consent(party)
    transfer_id = town.send(party.order(user)).data["transfer_id"]
    honest = town.bank.corelink

    def leaks(*given: object) -> dict[str, object]:
        return honest.call("transfers.get", *given) | leak  # type: ignore[arg-type]

    town.with_operation("transfers.get", Operation(leaks))
    reply = party.get(f"/api/transfers/{transfer_id}", token=user.token)
    assert reply.code == "INTERNAL_ERROR"
    assert next(iter(leak.values())).encode() not in reply.body


def test_a_transaction_that_fails_late_leaves_neither_money_nor_key(town: Town, party: Party) -> None:
    user = town.consent(party)
    honest = town.bank.corelink

    def fails_late(*given: object) -> dict[str, object]:
        honest.call("transfers.create", *given)  # type: ignore[arg-type]
        raise RuntimeError("after the effect")

    town.with_operation("transfers.create", Operation(fails_late, writes=True))
    message = party.order(user)
    assert town.send(message).code == "INTERNAL_ERROR"
    assert town.orders() == 0
    assert town.store.read("SELECT count(*) FROM idempotency") == [(0,)]


def test_an_answer_that_must_be_sealed_needs_a_sealing_key(town: Town, party: Party) -> None:
    user = town.consent(party)
    with town.store.write() as db:
        db.execute("UPDATE application_keys SET status = 'revoked' WHERE use = 'enc'")
    reply = party.get("/api/points", token=user.token)
    assert reply.code == "KEY_UNKNOWN"
    assert "points" not in reply.data


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/", "API_NOT_FOUND"),
        ("GET", "/api", "API_NOT_FOUND"),
        ("GET", "/api/", "API_NOT_FOUND"),
        ("GET", "/api//products", "API_NOT_FOUND"),
        ("GET", "/api/products/", "API_NOT_FOUND"),
        ("GET", "/api/products/a/b", "API_NOT_FOUND"),
        ("GET", "/api/../openapi.json", "API_NOT_FOUND"),
        ("GET", "/api/%70roducts", "API_NOT_FOUND"),
        ("GET", "/API/products", "API_NOT_FOUND"),
        ("GET", "/console", "API_NOT_FOUND"),
        ("POST", "/api/products", "METHOD_NOT_ALLOWED"),
        ("OPTIONS", "/api/products", "METHOD_NOT_ALLOWED"),
        ("TRACE", "/api/products", "METHOD_NOT_ALLOWED"),
        ("BREW", "/api/products", "METHOD_NOT_ALLOWED"),
        ("POST", "/openapi.json", "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_is_not_in_the_catalogue_does_not_exist(
    town: Town, party: Party, method: str, path: str, code: str
) -> None:
    reply = town.send(party.message(method, path))
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.code == code
    assert town.records()[-1]["code"] == code
    assert ("allow" in reply.headers) == (code == "METHOD_NOT_ALLOWED")


def test_head_is_refused_without_a_body(town: Town, party: Party) -> None:
    reply = town.send(party.message("HEAD", "/api/products"))
    assert (reply.status, reply.body, reply.headers["allow"]) == (405, b"", "GET")


@pytest.mark.clause("7.3.2-1", "9.2.1-b-4.2")
def test_a_source_that_guesses_is_shut_out_for_a_while(town: Town, party: Party) -> None:
    town.with_policy(source_failures_max=5)
    guess = replace(party.with_secret(party.message("GET", "/api/products")), key=party.wrong_secret())
    codes = [town.send(town.fresh(guess)).code for _ in range(7)]
    assert codes == ["APP_AUTH_FAILED"] * 5 + ["RATE_LIMITED"] * 2
    limited = party.get("/api/products")
    assert (limited.status, limited.code) == (429, "RATE_LIMITED")
    assert 0 < int(limited.headers["retry-after"]) <= 61
    assert town.send(party.message("GET", "/api/products", source="127.0.0.2")).status == 200
    town.clock.advance(60)
    assert party.get("/api/products").status == 200


def test_a_refusal_of_401_names_the_scheme(town: Town, party: Party) -> None:
    assert party.get("/api/accounts").headers["www-authenticate"].startswith("Bearer")
    assert town.send(party.message("GET", "/api/rates", key=None)).headers["www-authenticate"] == "Signature"


def test_a_core_without_an_operation_of_the_catalogue_is_no_bank(town: Town) -> None:
    with pytest.raises(ValueError, match=r"points\.get"):
        town.with_corelink(
            CoreLink({name: Operation(lambda *_: {}) for name in town.operation_names() - {"points.get"}})
        )


def test_the_listener_describes_its_interfaces_and_refuses_paths_that_nobody_serves(town: Town, party: Party) -> None:
    assert town.send(party.message("GET", "/openapi.json")).data["openapi"] == "3.1.0"
    assert town.send(party.message("GET", "/elsewhere")).code == "API_NOT_FOUND"
    assert town.send(party.message("POST", "/openapi.json")).code == "METHOD_NOT_ALLOWED"
