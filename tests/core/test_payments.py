from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

from bank_sim.core import payments
from bank_sim.sdk.protocol.problems import Problem

if TYPE_CHECKING:
    from tests.core.conftest import Town

Refused = Callable[[str], AbstractContextManager[None]]


def test_a_transfer_is_created_without_moving_money_and_executed_once(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    created = town.order(payer, payee, 40_00, purpose="房租")
    assert (created.state, created.serial, town.balance_fen(payer)) == ("created", None, 100_00)
    executed = town.execute(created)
    assert executed.state == "executed"
    assert executed.serial is not None
    assert executed.serial.startswith("20260131")
    assert (town.balance_fen(payer), town.balance_fen(payee)) == (60_00, 40_00)
    with refused("TRANSFER_STATE"):
        town.execute(created)
    assert (town.balance_fen(payer), town.balance_fen(payee)) == (60_00, 40_00)


def test_what_execution_answers_is_what_a_query_answers(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    executed = town.pay(payer, payee, 40_00)
    assert payments.transfer_of(town.db, executed.transfer_id, executed.app_id, payer.customer_id) == executed


def test_a_payee_may_be_named_by_the_card(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    card = town.card(payee)
    transfer = town.order(payer, payee, 1_00, creditor_number=card)
    assert (transfer.creditor_account_id, transfer.creditor_number) == (payee.account_id, card)


@pytest.mark.parametrize("name", ["李红", " 李红 ", "李红　"], ids=["plain", "blanks", "full-width blank"])
def test_a_payees_name_is_compared_as_people_write_it(town: Town, name: str) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    assert town.order(payer, payee, 1_00, creditor_name=name).state == "created"


def test_latin_names_are_compared_in_any_case_and_width(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("Ann  Lee"))
    assert town.order(payer, payee, 1_00, creditor_name="ａｎｎ LEE").state == "created"


@pytest.mark.clause("9.1.1-4", "9.3.1-2")
def test_a_wrong_name_and_an_unknown_number_are_refused_alike(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    refusals = []
    for changes in ({"creditor_name": "李蓝"}, {"creditor_number": "99991000000000000"}, {"creditor_number": ""}):
        with pytest.raises(Problem, match="PAYEE_MISMATCH") as caught:
            town.order(payer, payee, 1_00, **changes)
        refusals.append(caught.value.document("trace"))
    assert refusals == [refusals[0]] * 3


def test_nobody_pays_the_same_account(town: Town, refused: Refused) -> None:
    account = town.account(town.person("王小明"), 100_00)
    with refused("ACCOUNT_NOT_USABLE"):
        town.order(account, account, 1_00)


@pytest.mark.parametrize("state", ["frozen", "closed"])
@pytest.mark.parametrize("side", ["payer", "payee"])
def test_a_frozen_or_closed_account_takes_no_part(town: Town, refused: Refused, state: str, side: str) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    before = town.order(payer, payee, 1_00)
    stopped = payer if side == "payer" else payee
    town.db.execute("UPDATE accounts SET state = ? WHERE account_id = ?", (state, stopped.account_id))
    with refused("ACCOUNT_NOT_USABLE"):
        town.order(payer, payee, 1_00)
    with refused("ACCOUNT_NOT_USABLE"):
        town.execute(before)


@pytest.mark.parametrize("amount_fen", [0, -1, 10**15])
def test_an_amount_is_positive_and_fits_the_wire(town: Town, refused: Refused, amount_fen: int) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    with refused("AMOUNT_INVALID"):
        town.order(payer, payee, amount_fen)


def test_an_order_number_is_used_once_by_an_application(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    town.order(payer, payee, 1_00, order_no="42")
    with refused("DUPLICATE_BUSINESS_KEY"):
        town.order(payer, payee, 2_00, order_no="42")
    assert town.order(payer, payee, 1_00, order_no="42", app_id="app_bbbbbbbbbbbb").state == "created"


@pytest.mark.clause("10.2.2-2.2")
def test_another_amount_than_the_one_ordered_is_not_moved(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    transfer = town.order(payer, payee, 1_00)
    for amount_fen in (99, 1_01):
        with refused("CONFIRMATION_MISMATCH"):
            town.execute(transfer, amount_fen)
    assert town.balance_fen(payer) == 100_00


def test_a_transfer_short_of_funds_stays_open_and_may_be_executed_later(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 10_00), town.account(town.person("李红"), 10_00)
    transfer = town.order(payer, payee, 15_00)
    with refused("INSUFFICIENT_FUNDS"):
        town.execute(transfer)
    town.pay(payee, payer, 5_00)
    assert town.execute(transfer).state == "executed"
    assert (town.balance_fen(payer), town.balance_fen(payee)) == (0, 20_00)


def test_an_order_does_not_tell_what_stands_on_the_account(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 10_00), town.account(town.person("李红"))
    assert town.order(payer, payee, 1_000_00).state == "created"


def test_a_transfer_expires_a_quarter_of_an_hour_after_it_was_ordered(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    early, late = town.order(payer, payee, 1_00), town.order(payer, payee, 2_00)
    town.now_ms += 899_999
    assert town.execute(early).state == "executed"
    town.now_ms += 1
    assert late.state_at(town.now_ms) == "expired"
    with refused("TRANSFER_EXPIRED"):
        town.execute(late)
    with refused("TRANSFER_EXPIRED"):
        town.reject(late)
    assert town.balance_fen(payer) == 99_00


def test_a_declined_transfer_is_never_executed(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    transfer = town.order(payer, payee, 1_00)
    assert town.reject(transfer).state == "rejected"
    with refused("TRANSFER_STATE"):
        town.execute(transfer)
    with refused("TRANSFER_STATE"):
        town.reject(transfer)


def test_an_executed_transfer_cannot_be_declined(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    transfer = town.pay(payer, payee, 1_00)
    with refused("TRANSFER_STATE"):
        town.reject(transfer)


def test_a_stale_view_of_a_transfer_does_not_move_money_twice(town: Town) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    stale = town.order(payer, payee, 1_00)
    town.execute(stale)
    with pytest.raises(sqlite3.IntegrityError, match="immutable"), town.writing():
        payments.execute(town.db, town.policy, stale, 1_00, town.now_ms, lambda *_: "pass")
    assert town.balance_fen(payee) == 1_00


def test_a_transfer_is_seen_by_its_application_and_customer_only(town: Town, refused: Refused) -> None:
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    transfer = town.order(payer, payee, 1_00)
    for app_id, customer_id in (("app_bbbbbbbbbbbb", payer.customer_id), (transfer.app_id, payee.customer_id)):
        with refused("RESOURCE_NOT_AUTHORIZED"):
            payments.transfer_of(town.db, transfer.transfer_id, app_id, customer_id)
    with refused("RESOURCE_NOT_AUTHORIZED"):
        payments.transfer_of(town.db, "tr_unknown", transfer.app_id, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfers SET amount_fen = 99999",
        "UPDATE transfers SET creditor_account_id = debtor_account_id, debtor_account_id = creditor_account_id",
        "UPDATE transfers SET order_no = 'other'",
        "DELETE FROM transfers",
    ],
)
def test_the_terms_of_an_open_transfer_do_not_change(town: Town, statement: str) -> None:
    town.order(town.account(town.person("王小明"), 100_00), town.account(town.person("李红")), 1_00)
    with pytest.raises(sqlite3.IntegrityError, match="immutable"):
        town.db.execute(statement)


def test_an_ended_transfer_does_not_open_again(town: Town) -> None:
    town.pay(town.account(town.person("王小明"), 100_00), town.account(town.person("李红")), 1_00)
    with pytest.raises(sqlite3.IntegrityError, match="immutable"):
        town.db.execute("UPDATE transfers SET state = 'created', serial = NULL, ended_at_ms = NULL")
