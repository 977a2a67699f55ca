"""The wallet's books beside the bank's file of a day: both of real parts, through the SDK, in one process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app_sim.bank import SignedFile
from bank_sim.reconciliation import results
from bank_sim.sdk.protocol.problems import Problem

if TYPE_CHECKING:
    from app_sim.wallet import Wallet
    from tests.app.conftest import Town, Visitor

DAY_S = 86_400
THE_DAY = "2026-01-31"


def next_day(town: Town, days: int = 1) -> None:
    """Past the bank's closing of the days before."""
    town.clock.advance(days * DAY_S)


def the_payment(wallet: Wallet) -> Any:
    return wallet.store.row("SELECT * FROM payments ORDER BY rowid DESC")


def standing(wallet: Wallet) -> list[tuple[str, str]]:
    return [(each.kind, each.order_no) for each in wallet.reconciliation.differences() if each.over_ms is None]


def losing_answers(request: httpx.Request, deliver: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
    """The bank hears of an execution and of no query, and its answers do not come."""
    if request.url.path.endswith("/execute"):
        deliver(request)
    if request.url.path.startswith("/api/transfers/"):
        raise httpx.ReadError("lost", request=request)
    return deliver(request)


@pytest.mark.clause("7.2.2-3.2.3", "7.2.2-3.2.4")
def test_a_days_payments_agree_with_the_banks_file_and_the_bank_is_told(
    town: Town, wallet: Wallet, visitor: Visitor
) -> None:
    visitor.sign_in().link(town).pay(town)
    next_day(town)
    assert wallet.reconciliation.due() == [THE_DAY]
    wallet.reconciliation.run_due()
    (day,) = wallet.reconciliation.days()
    assert (day.state, day.lines, day.executed, day.executed_amount, day.matched) == ("imported", 1, 1, "12.34", 1)
    assert wallet.reconciliation.differences() == []
    assert wallet.reconciliation.due() == []
    told = results.of_application(town.bank.store, wallet.bank.app_id)[THE_DAY]
    assert (told.matched, told.differences) == (1, ())
    assert day.told_ms is not None
    dump = "\n".join(wallet.store.db.conn.iterdump())
    assert town.payee_account not in dump


@pytest.mark.clause("9.3.3-1.2", "10.1.2-1.3.2")
def test_a_payment_whose_answer_was_lost_is_settled_by_the_file(town: Town, wallet: Wallet, visitor: Visitor) -> None:
    visitor.sign_in().link(town)
    town.wire.bend = losing_answers
    visitor.pay(town)
    assert the_payment(wallet)["state"] == "unknown"
    next_day(town)
    wallet.reconciliation.run_due()
    payment = the_payment(wallet)
    assert (payment["state"], payment["serial"] is not None) == ("executed", True)
    assert payment["token_sealed"] is None
    assert [each.settled for each in wallet.reconciliation.days()] == [1]
    assert standing(wallet) == []


def test_an_order_that_nobody_confirmed_is_no_difference(town: Town, wallet: Wallet, visitor: Visitor) -> None:
    visitor.sign_in().link(town).order(town)
    next_day(town)
    wallet.reconciliation.run_due()
    (day,) = wallet.reconciliation.days()
    assert (day.lines, day.executed, day.matched) == (1, 0, 1)
    assert standing(wallet) == []


def test_what_contradicts_is_shown_and_changed_on_neither_side(town: Town, wallet: Wallet, visitor: Visitor) -> None:
    visitor.sign_in().link(town).pay(town)
    mine = the_payment(wallet)["order_no"]
    with wallet.store.write() as db:
        db.execute("UPDATE payments SET amount_fen = 99")
        db.execute(
            "INSERT INTO payments SELECT 'LWnever', user_id, transfer_id, 'executed', 100, NULL, NULL, NULL, NULL,"
            " 'serial', NULL, NULL, created_ms, updated_ms FROM payments"
        )
    next_day(town)
    wallet.reconciliation.run_due()
    assert standing(wallet) == [("late", "LWnever"), ("amount", mine)] or standing(wallet) == [
        ("amount", mine),
        ("late", "LWnever"),
    ]
    assert the_payment(wallet)["state"] == "executed"
    next_day(town)
    wallet.reconciliation.run_due()
    assert sorted(standing(wallet)) == [("amount", mine), ("missing_there", "LWnever")]
    assert {each.subject for each in wallet.tickets.open() if each.rule == "books_differ"} == {THE_DAY, "2026-02-01"}
    told = results.of_application(town.bank.store, wallet.bank.app_id)
    assert [tuple(each) for each in told[THE_DAY].differences if each.kind == "amount"] == [
        (mine, "amount", "0.99", "12.34")
    ]


def test_an_order_that_the_wallet_lost_is_missing_here(town: Town, wallet: Wallet, visitor: Visitor) -> None:
    visitor.sign_in().link(town).pay(town)
    order_no = the_payment(wallet)["order_no"]
    visitor.pay(town)
    with wallet.store.write() as db:
        db.execute("DELETE FROM payments WHERE order_no = ?", (order_no,))
    next_day(town)
    wallet.reconciliation.run_due()
    assert standing(wallet) == [("missing_here", order_no)]


def test_what_was_executed_at_midnight_is_explained_by_the_next_file(
    town: Town, wallet: Wallet, visitor: Visitor
) -> None:
    town.clock.advance(14 * 3600 + 60)
    visitor.sign_in().link(town).pay(town)
    with wallet.store.write() as db:
        # The wallet's own clock was two minutes behind.
        db.execute("UPDATE payments SET created_ms = created_ms - 120000, updated_ms = updated_ms - 120000")
    town.clock.advance(3600)
    wallet.reconciliation.run_due()
    assert [kind for kind, _ in standing(wallet)] == ["late"]
    next_day(town)
    wallet.reconciliation.run_due()
    assert standing(wallet) == []
    assert [each.kind for each in wallet.reconciliation.differences()] == ["late"]


@pytest.mark.clause("7.2.2-3.2.4", "9.3.3-1.1")
def test_one_altered_record_stops_the_import_and_passes_only_where_the_check_is_left_out(
    town: Town, wallet: Wallet, visitor: Visitor
) -> None:
    visitor.sign_in().link(town).pay(town)
    order_no = the_payment(wallet)["order_no"]
    next_day(town)
    signed = wallet.bank.fetch_file(THE_DAY)
    altered = SignedFile(signed.content.replace(order_no.encode(), b"LWsomebodyelse"), signed.statement)
    with pytest.raises(Problem) as refusal:
        wallet.reconciliation.take(THE_DAY, altered, "hand")
    assert refusal.value.code == "DIGEST_MISMATCH"
    assert [(each.state, each.code) for each in wallet.reconciliation.days()] == [("refused", "DIGEST_MISMATCH")]
    assert [each.rule for each in wallet.tickets.open()] == ["file_refused"]
    assert wallet.reconciliation.differences() == []

    careless = town.open_wallet(town.wallet_config("gm", weakened=frozenset({"file_intact"})))
    try:
        careless.reconciliation.take(THE_DAY, altered, "hand")
        assert ("missing_here", "LWsomebodyelse") in standing(careless)
        assert ("late", order_no) in standing(careless)
    finally:
        careless.close()

    wallet.reconciliation.take(THE_DAY, signed, "hand")
    assert standing(wallet) == []
    assert [each.over_ms is not None for each in wallet.tickets.open() if each.rule == "file_refused"] == [True]


def test_an_operator_takes_a_file_along_and_brings_it_back(town: Town, wallet: Wallet, visitor: Visitor) -> None:
    visitor.sign_in().link(town).pay(town)
    next_day(town)
    assert visitor.get("/operations/reconciliation").status_code == 303
    enter = visitor.get("/operations/enter")
    visitor.submit(enter, "/operations/enter", operator="Chen", code=wallet.operators.code())
    page = visitor.get("/operations/reconciliation")
    assert THE_DAY in page.text
    visitor.submit(page, "/operations/reconciliation/fetch")
    given = visitor.get(f"/operations/reconciliation/{THE_DAY}/file")
    assert given.headers["Content-Disposition"] == f'attachment; filename="reconciliation-{THE_DAY}.json"'

    page = visitor.get("/operations/reconciliation")
    altered = json.loads(given.text)
    altered["content"] = altered["content"].replace("12.34", "12.35")
    refused = visitor.submit(
        page, "/operations/reconciliation/import", file=(io.BytesIO(json.dumps(altered).encode()), "f")
    )
    assert (refused.status_code, "DIGEST_MISMATCH" in refused.text) == (400, True)
    taken = visitor.submit(page, "/operations/reconciliation/import", file=(io.BytesIO(given.data), "f"))
    assert (taken.status_code, taken.location) == (303, "/operations/reconciliation")
    assert [each.source for each in wallet.reconciliation.days()] == ["hand"]
    nothing = visitor.submit(page, "/operations/reconciliation/import", file=(io.BytesIO(b"[]"), "f"))
    assert "PARAM_INVALID" in nothing.text


def test_a_file_longer_than_any_form_of_a_user_is_taken(town: Town, wallet: Wallet, visitor: Visitor) -> None:
    enter = visitor.get("/operations/enter")
    visitor.submit(enter, "/operations/enter", operator="Chen", code=wallet.operators.code())
    page = visitor.get("/operations/reconciliation")
    long = json.dumps({"day": THE_DAY, "statement": "x", "content": "y" * 100_000}).encode()
    refused = visitor.submit(page, "/operations/reconciliation/import", file=(io.BytesIO(long), "f"))
    assert "SIGNATURE_INVALID" in refused.text
