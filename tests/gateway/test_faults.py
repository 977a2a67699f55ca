"""What befalls a call at the gateway: what was done, what was answered, what is recorded, and that books balance."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from bank_sim.edge.mishaps import NAME, Mishap
from bank_sim.gateway import create_app
from bank_sim.monitor import Watch, alarms
from bank_sim.sandbox.faults import KINDS, read_order
from bank_sim.sandbox.faults.asking import payees
from bank_sim.sdk.protocol.problems import Problem
from tests.gateway.party import Party, User
from tests.gateway.town import Town
from tests.gateway.wire import Message

DONE = [each.name for each in KINDS.values() if each.done and each.place in ("line", "answer")]
NOT_DONE = ["hang", "reset", "server_error", "disk_full"]


@pytest.fixture
def mishaps(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[Mishap | None]:
    """What the gateway leaves for the edge, call by call."""
    left: list[Mishap | None] = []
    app = town.app.wsgi_app

    def watching(environ: dict[str, Any], start_response: Any) -> Any:
        answer = app(environ, start_response)
        left.append(environ.get(NAME))
        return answer

    monkeypatch.setattr(town.app, "wsgi_app", watching)
    return left


def switch_on(town: Town, kind: str, **order: Any) -> None:
    town.bank.faults.add(read_order({"kind": kind, **order}), town.clock.now_ms())


def with_aids(town: Town) -> None:
    """The bank is opened anew, as one that helps whoever tries it out."""
    town.bank = replace(town.bank, config=msgspec.structs.replace(town.bank.config, aids=True))
    town.app = create_app(town.bank)


def ordered(town: Town, party: Party, **document: str) -> tuple[User, str]:
    """A transfer that its user has confirmed, with the token to execute it."""
    created = town.send(party.order(town.consent(party), document=document))
    transfer_id = created.data["transfer_id"]
    return town.payment(party, transfer_id), transfer_id


def execution(town: Town, party: Party) -> Message:
    user, transfer_id = ordered(town, party)
    return party.execution(transfer_id, user.token)


@pytest.mark.clause("10.1.2-1.3.2")
@pytest.mark.parametrize("kind", DONE)
def test_a_fault_behind_the_work_moves_money_once_and_the_same_order_finds_it_done(
    town: Town, party: Party, kind: str
) -> None:
    before_fen = town.balance_fen(0)
    message = execution(town, party)
    switch_on(town, kind, count=1)
    struck = town.send(message)
    record = town.records()[-1]
    repeated = town.send(town.fresh(message))

    assert (record["result"], record["fault"]) == ("success", kind)
    assert struck.headers["sandbox-fault"].startswith(kind)
    assert repeated.data["state"] == "executed"
    assert town.records()[-1]["fault"] == ""
    assert town.balance_fen(0) == before_fen - 100_00


@pytest.mark.clause("10.1.2-1.3.2")
@pytest.mark.parametrize("kind", NOT_DONE)
def test_a_fault_instead_of_the_work_leaves_nothing_behind_but_its_record(town: Town, party: Party, kind: str) -> None:
    before_fen = town.balance_fen(0)
    message = execution(town, party)
    switch_on(town, kind, count=1)
    struck = town.send(message)
    record, after_fen = town.records()[-1], town.balance_fen(0)
    repeated = town.send(town.fresh(message))

    assert (struck.status, struck.code) == (503, "SERVICE_UNAVAILABLE")
    assert (record["result"], record["code"], record["fault"]) == ("failure", "SERVICE_UNAVAILABLE", kind)
    assert after_fen == before_fen
    assert repeated.data["state"] == "executed"
    assert town.balance_fen(0) == before_fen - 100_00


@pytest.mark.clause("10.1.2-1.3.1")
def test_sqlite_itself_finds_the_disk_full_also_where_a_call_only_reads(
    town: Town, party: Party, caplog: pytest.LogCaptureFixture
) -> None:
    user = town.consent(party)
    switch_on(town, "disk_full", count=1)
    caplog.set_level("INFO", "bank.gateway")
    pages = town.store.read("PRAGMA max_page_count")
    struck = party.get("/api/accounts", token=user.token)

    assert struck.code == "SERVICE_UNAVAILABLE"
    assert "the disk is full" in caplog.text
    assert town.store.read("PRAGMA max_page_count") == pages
    assert town.store.read("SELECT count(*) FROM sqlite_master WHERE name = 'ballast'") == [(0,)]
    assert party.get("/api/accounts", token=user.token).status == 200


def test_an_answer_with_a_wrong_signature_or_an_old_key_is_no_answer_of_the_bank(town: Town, party: Party) -> None:
    for kind in ("wrong_signature", "expired_key"):
        switch_on(town, kind, count=1)
        reply = party.get("/api/products")
        with pytest.raises(Problem) as caught:
            party.require_signed(reply)
        assert caught.value.code == "SIGNATURE_INVALID"
        named = town.bank.keys.signing(party.suite).kid in reply.headers["signature-input"]
        assert named == (kind == "wrong_signature")


def test_a_secrets_answer_is_spoilt_too(town: Town, party: Party) -> None:
    switch_on(town, "wrong_signature", count=1)
    reply = town.send(party.with_secret(party.message("GET", "/api/products")))
    with pytest.raises(Problem, match="SIGNATURE_INVALID"):
        party.require_signed(reply, party.secret)


def test_a_broken_body_is_signed_as_it_is(town: Town, party: Party) -> None:
    switch_on(town, "bad_json", count=1)
    reply = party.get("/api/products")

    party.require_signed(reply)
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)


def test_a_clock_that_is_off_shows_in_the_answers_signature(town: Town, party: Party) -> None:
    switch_on(town, "clock_skew", parameters={"s": -900}, count=1)
    reply = party.get("/api/products")

    party.require_signed(reply)
    assert f"created={int(town.clock.now_s()) - 900};" in reply.headers["signature-input"]


def test_faults_of_one_answer_come_together(town: Town, party: Party) -> None:
    for kind in ("wrong_signature", "bad_json", "clock_skew"):
        switch_on(town, kind)
    reply = party.get("/api/products")

    assert f"created={int(town.clock.now_s()) + 600};" in reply.headers["signature-input"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)
    with pytest.raises(Problem, match="SIGNATURE_INVALID"):
        party.require_signed(reply)


@pytest.mark.parametrize(("status", "signed"), [(500, True), (503, True), (502, False), (504, False)])
def test_a_server_error_is_signed_where_it_is_the_banks_own(
    town: Town, party: Party, status: int, signed: bool
) -> None:
    switch_on(town, "server_error", parameters={"status": status}, count=1)
    reply = party.get("/api/products")

    assert (reply.status, "signature" in reply.headers) == (status, signed)
    assert (reply.headers["content-type"] == "application/problem+json") == signed
    assert town.records()[-1]["status"] == status


def test_a_slow_core_takes_its_time(town: Town, party: Party) -> None:
    switch_on(town, "slow_core", parameters={"ms": 40})
    asked_s = time.perf_counter()

    assert party.get("/api/products").status == 200
    assert time.perf_counter() - asked_s >= 0.04


def test_what_happens_to_the_line_is_left_to_the_edge(town: Town, party: Party, mishaps: list[Mishap | None]) -> None:
    for kind in ("latency", "hang", "reset", "answer_lost", "worker_killed", "bad_json"):
        switch_on(town, kind, count=1)
        party.get("/api/products")

    endings = [(each.waits_ms, each.ending) if each else None for each in mishaps]
    assert endings == [
        (1_000, "answered"), (30_000, "silent"), (0, "reset"), (0, "silent"), (0, "killed"), None,
    ]  # fmt: skip


@pytest.mark.clause("10.1.2-1.3.1")
def test_the_banks_watch_notices_that_an_interface_fails_and_which(town: Town, party: Party) -> None:
    watch = Watch(town.clock, town.bank.config.policy)
    switch_on(town, "server_error", api_id="rates.list", share_percent=30)
    for _ in range(20):
        party.get("/api/products")
        party.get("/api/rates")
    watch.look(town.store)

    assert [each.subject for each in alarms.standing(town.store) if each.rule == "FAULTS"] == ["rates.list"]


def test_a_call_that_is_refused_meets_no_fault(town: Town, party: Party) -> None:
    switch_on(town, "server_error", count=1)

    assert party.get("/api/accounts").code == "TOKEN_REQUIRED"
    assert "sandbox-fault" not in party.get("/api/accounts").headers
    assert party.get("/api/products").status == 503


def test_faults_befall_the_application_that_they_are_for_and_nobody_else(
    town: Town, party: Party, thief: Party
) -> None:
    switch_on(town, "server_error", app_id=party.app_id)

    assert party.get("/api/products").status == 503
    assert thief.get("/api/products").status == 200


def test_a_fault_for_an_interface_that_there_is_not_is_refused(town: Town) -> None:
    for api_id in ("rates.list", "oauth.token", "consent.revoked"):
        switch_on(town, "latency", api_id=api_id)
    with pytest.raises(Problem, match=r"rates\.lost.*rates\.list"):
        switch_on(town, "latency", api_id="rates.lost")
    assert len(town.bank.faults.listed()) == 3


def test_a_caller_asks_for_a_fault_where_there_are_aids_and_nowhere_else(town: Town, party: Party) -> None:
    asking = {"sandbox-fault": "server_error; status=500"}
    without = town.send(party.message("GET", "/api/products", extra=asking))
    with_aids(town)
    struck = town.send(party.message("GET", "/api/products", extra=asking))
    wrong = town.send(party.message("GET", "/api/products", extra={"sandbox-fault": "worker_killed"}))

    assert (without.status, "sandbox-fault" in without.headers) == (200, False)
    assert (struck.status, struck.code) == (500, "INTERNAL_ERROR")
    assert (wrong.status, wrong.code) == (400, "PARAM_INVALID")


def test_a_magic_amount_strikes_when_it_is_paid_and_only_where_there_are_aids(town: Town, party: Party) -> None:
    user, transfer_id = ordered(town, party, amount="66.06")
    message = party.execution(transfer_id, user.token, json={"amount": "66.06"})
    with_aids(town)
    struck = town.send(message)
    assert (struck.status, town.records()[-1]["fault"]) == (503, "server_error")


def test_a_magic_payee_strikes_when_the_order_is_laid(town: Town, party: Party) -> None:
    busy = next(each for each in payees() if each.fault.startswith("server_error"))
    with_aids(town)
    nonce = "a" * 24
    payee = {"creditor_account": busy.account, "creditor_name": busy.name}
    order = party.order(town.consent(party), nonce=nonce, document={"sealed": party.sealed(payee, nonce=nonce)})

    assert town.send(order).code == "SERVICE_UNAVAILABLE"
    assert town.orders() == 0
