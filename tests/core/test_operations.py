"""The core as the service layer sees it: by name, with facts, answered in dicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

from bank_sim.core import offers, products, wealth
from bank_sim.core.holds import place_hold
from bank_sim.core.operations import core_operations
from bank_sim.policy import Policy
from bank_sim.risk import Risk

if TYPE_CHECKING:
    from bank_sim.corelink import Result
    from tests.core.conftest import Town

Refused = Callable[[str], AbstractContextManager[None]]


def asked_to_pay(town: Town, amount_fen: int = 40_00) -> tuple[Result, dict[str, object]]:
    """A transfer created through its operation, and the facts that its payer's further calls share."""
    payer, payee = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    body = {
        "order_no": "42",
        "amount_fen": amount_fen,
        "currency": "CNY",
        "creditor_account": payee.account_number,
        "creditor_name": "李红",
        "purpose": "房租",
    }
    created = town.ask("transfers.create", customer_id=payer.customer_id, account_id=payer.account_id, body=body)
    return created, {"customer_id": payer.customer_id, "params": {"transfer_id": created["transfer_id"]}}


def test_only_what_changes_something_writes() -> None:
    operations = core_operations(Policy(), bytes, Risk(Policy(), frozenset).judge)
    writing = {name for name, operation in operations.items() if operation.writes}
    judged = {"transfers.release", "transfers.refuse"}
    assert writing == {"transfers.create", "transfers.execute", "transfers.reject", "debits.create"} | judged


def test_products_are_listed_by_category_and_found_by_id(town: Town) -> None:
    products.publish(town.db, offers.PRODUCTS, offers.RATES, town.now_ms)
    every = town.ask("products.list")["items"]
    funds = town.ask("products.list", params={"category": "fund"})["items"]
    assert {product["product_id"] for product in every} == {product.product_id for product in offers.PRODUCTS}
    assert {product["category"] for product in funds} == {"fund"}
    deposit = town.ask("products.get", params={"product_id": "dep-term-1y"})
    assert (deposit["annual_rate_percent"], deposit["minimum_amount_fen"], deposit["term_days"]) == ("1.10", 50_00, 365)
    assert "risk_level" not in deposit


def test_a_product_that_is_not_offered_is_not_found(town: Town, refused: Refused) -> None:
    with refused("RESOURCE_NOT_FOUND"):
        town.ask("products.get", params={"product_id": "none"})


def test_rates_are_decimal_strings_and_say_when_they_were_set(town: Town) -> None:
    products.publish(town.db, offers.PRODUCTS, offers.RATES, town.now_ms)
    answer = town.ask("rates.list")
    by_code = {rate["code"]: rate for rate in answer["items"]}
    assert answer["as_of_ms"] == town.now_ms
    assert by_code["CNY-DEMAND"]["annual_rate_percent"] == "0.10"
    assert (by_code["USD/CNY"]["buy"], by_code["USD/CNY"]["sell"]) == ("717.1300", "720.1500")


@pytest.mark.clause("7.2.2-3.2.2")
def test_accounts_are_listed_masked_and_under_their_references(town: Town) -> None:
    mine = town.account(town.person("王小明"), 100_00)
    town.account(mine.customer_id, 0, "II", mine)
    answer = town.ask("accounts.list", customer_id=mine.customer_id, account_refs={mine.account_id: "ref-1"})
    assert answer["items"] == [
        {
            "account_ref": "ref-1",
            "account_masked": f"{mine.account_number[:6]}*******{mine.account_number[-4:]}",
            "holder_name_masked": "**明",
            "account_class": "I",
            "currency": "CNY",
        }
    ]


def test_a_balance_tells_what_is_booked_and_what_may_be_spent_for_sealing(town: Town) -> None:
    mine = town.account(town.person("王小明"), 100_00)
    place_hold(town.db, "hold-1", mine.account_id, 30_00, "hotel", town.now_ms)
    answer = town.ask("accounts.balance", account_id=mine.account_id, params={"account_ref": "ref-1"})
    assert answer["sealed"] == {"available_balance_fen": 70_00, "ledger_balance_fen": 100_00}
    assert (answer["account_ref"], answer["as_of_ms"]) == ("ref-1", town.now_ms)


def test_all_balances_tell_of_each_account_what_its_own_balance_tells(town: Town) -> None:
    mine = town.account(town.person("王小明"), 100_00)
    second = town.account(mine.customer_id, 5_00, "II", mine)
    town.account(mine.customer_id, 7_00, "III", mine)
    place_hold(town.db, "hold-1", mine.account_id, 30_00, "hotel", town.now_ms)
    refs = {second.account_id: "ref-2", mine.account_id: "ref-1"}
    answer = town.ask("accounts.balances", account_refs=refs)
    as_of = {"as_of_ms": answer["as_of_ms"]}
    one_by_one = [
        town.ask("accounts.balance", account_id=account_id, params={"account_ref": ref})
        for account_id, ref in sorted(refs.items())
    ]
    assert [each | as_of for each in answer["sealed"]["items"]] == [
        {name: value for name, value in each.items() if name != "sealed"} | each["sealed"] for each in one_by_one
    ]


def test_transactions_come_in_pages_for_sealing(town: Town, refused: Refused) -> None:
    mine, other = town.account(town.person("王小明"), 100_00), town.account(town.person("李红"))
    paid = town.pay(mine, other, 5_00)
    facts = {"account_id": mine.account_id, "params": {"account_ref": "ref-1", "limit": 1}}
    first = town.ask("accounts.transactions", **facts)
    (item,) = first["sealed"]["items"]
    assert (item["serial"], item["direction"], item["amount_fen"]) == (paid.serial, "debit", 5_00)
    assert (item["transfer_id"], item["counterparty_name_masked"]) == (paid.transfer_id, "*红")
    last = town.ask(
        "accounts.transactions",
        account_id=mine.account_id,
        params={"account_ref": "ref-1", "cursor": first["next_cursor"]},
    )
    assert [item["direction"] for item in last["sealed"]["items"]] == ["credit"]
    assert "next_cursor" not in last
    for limit in (-1, 51):
        with refused("PARAM_INVALID"):
            town.ask(
                "accounts.transactions", account_id=mine.account_id, params={"account_ref": "ref-1", "limit": limit}
            )


def test_limits_tell_what_was_used_of_the_day_and_the_year(town: Town) -> None:
    me, other = town.person("王小明"), town.account(town.person("李红"))
    main = town.account(me)
    electronic = town.account(me, 5_000_00, "II", main)
    town.pay(electronic, other, 1_000_00)
    answer = town.ask("accounts.limits", account_id=electronic.account_id, params={"account_ref": "ref-1"})
    assert answer == {
        "account_ref": "ref-1",
        "account_class": "II",
        "currency": "CNY",
        "daily_limit_fen": 10_000_00,
        "daily_used_fen": 1_000_00,
        "annual_limit_fen": 200_000_00,
        "annual_used_fen": 1_000_00,
    }
    of_main = town.ask("accounts.limits", account_id=main.account_id, params={"account_ref": "ref-2"})
    assert (of_main["daily_used_fen"], "annual_limit_fen" in of_main) == (0, False)


def test_holdings_are_valued_at_the_unit_price_and_points_are_counted(town: Town) -> None:
    products.publish(town.db, offers.PRODUCTS, offers.RATES, town.now_ms)
    me = town.person("王小明")
    wealth.hold_units(town.db, me, "wm-steady-90", 1_000_01)
    wealth.award_points(town.db, me, 1_200)
    wealth.award_points(town.db, me, 34)
    (holding,) = town.ask("wealth.holdings", customer_id=me)["sealed"]["holdings"]
    # 1000.01 units at 1.0217 are 1021.710217 yuan.
    assert (holding["units"], holding["market_value_fen"]) == ("1000.01", 1_021_71)
    assert town.ask("points.get", customer_id=me)["sealed"] == {"points": 1_234}
    assert town.ask("points.get", customer_id=town.person("李红"))["sealed"] == {"points": 0}


def test_what_is_a_persons_needs_a_person(town: Town, refused: Refused) -> None:
    for operation in ("wealth.holdings", "points.get"):
        with refused("CONSENT_REQUIRED"):
            town.ask(operation)
    with refused("RESOURCE_NOT_AUTHORIZED"):
        town.ask("accounts.balance", params={"account_ref": "ref-1"})


def test_a_transfer_is_created_executed_and_looked_up(town: Town) -> None:
    created, facts = asked_to_pay(town)
    assert created == {
        "transfer_id": created["transfer_id"],
        "order_no": "42",
        "state": "created",
        "amount_fen": 40_00,
        "currency": "CNY",
        "debtor_account_masked": created["debtor_account_masked"],
        "creditor_account_masked": created["creditor_account_masked"],
        "creditor_name_masked": "*红",
        "purpose": "房租",
        "created_at_ms": town.now_ms,
        "expires_at_ms": town.now_ms + 900_000,
    }
    executed = town.ask("transfers.execute", body={"amount_fen": 40_00}, **facts)
    assert executed == created | {"state": "executed", "serial": executed["serial"], "executed_at_ms": town.now_ms}
    assert town.ask("transfers.get", **facts) == executed


def test_a_transfer_that_ran_out_is_looked_up_as_expired(town: Town) -> None:
    _, facts = asked_to_pay(town)
    town.now_ms += 900_000
    assert town.ask("transfers.get", **facts)["state"] == "expired"


def test_other_money_than_yuan_is_refused(town: Town, refused: Refused) -> None:
    mine = town.account(town.person("王小明"), 100_00)
    body = {
        "order_no": "1", "amount_fen": 1, "currency": "USD", "creditor_account": "1", "creditor_name": "x",
    }  # fmt: skip
    with refused("PARAM_INVALID"):
        town.ask("transfers.create", customer_id=mine.customer_id, account_id=mine.account_id, body=body)
    with refused("RESOURCE_NOT_AUTHORIZED"):
        town.ask("transfers.create", customer_id=mine.customer_id, body=body | {"currency": "CNY"})


@pytest.mark.clause("7.2.2-3.2.2")
def test_no_answer_to_an_application_holds_a_full_number_or_name(town: Town) -> None:
    created, facts = asked_to_pay(town)
    town.ask("transfers.execute", body={"amount_fen": 40_00}, **facts)
    numbers = [row[0] for row in town.db.execute("SELECT account_number FROM accounts")]
    refs = {row[0]: f"ref-{row[0]}" for row in town.db.execute("SELECT account_id FROM accounts")}
    answers = [created, town.ask("transfers.get", **facts), town.ask("accounts.list", account_refs=refs)]
    answers.append(town.ask("accounts.balances", account_refs=refs))
    for account_id in refs:
        for operation in ("accounts.balance", "accounts.transactions", "accounts.limits"):
            answers.append(town.ask(operation, account_id=account_id, params={"account_ref": "ref"}))
    said = json.dumps(answers, ensure_ascii=False)
    assert [secret for secret in (*numbers, "王小明", "李红") if secret in said] == []


def test_the_banks_pages_learn_what_they_must_show_and_bind(town: Town) -> None:
    created, facts = asked_to_pay(town)
    described = town.ask("transfers.describe", **facts)
    (number,) = town.db.execute(
        "SELECT account_number FROM accounts WHERE account_id = ?", (described["creditor_account_id"],)
    ).fetchone()
    body = {"creditor_account": number, "creditor_name": "李红"}
    payee = town.ask("payees.resolve", customer_id=facts["customer_id"], body=body)
    assert created.items() <= described.items()
    assert number not in described.values()
    assert described["customer_id"] == facts["customer_id"]
    assert payee["creditor_account_id"] == described["creditor_account_id"]
    assert payee["creditor_account_masked"] == described["creditor_account_masked"]
    (account,) = town.ask("accounts.of_customer", customer_id=facts["customer_id"])["accounts"]
    assert (account["account_id"], account["available_balance_fen"]) == (described["debtor_account_id"], 100_00)
    customer = town.ask("customers.describe", customer_id=facts["customer_id"])
    assert (customer["name_masked"], customer["phone_masked"]) == ("**明", "154****0001")


def test_a_payer_declines_on_the_banks_page(town: Town, refused: Refused) -> None:
    _, facts = asked_to_pay(town)
    assert town.ask("transfers.reject", **facts)["state"] == "rejected"
    with refused("TRANSFER_STATE"):
        town.ask("transfers.execute", body={"amount_fen": 40_00}, **facts)
