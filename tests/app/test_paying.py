"""Payments that go another way than the happy one, each decided where it belongs."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest


def _state(page: Any) -> str:
    found = re.search(r'data-state="(\w+)"', page.text)
    assert found is not None, page.text
    return found[1]


def test_a_user_who_declines_at_the_bank_has_paid_nothing(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    back = visitor.get("/callback", **town.user_declines(visitor.order(town).location))
    page = visitor.get(back.location)
    assert _state(page) == "rejected"
    assert "access_denied" in page.text
    assert town.executed() == []


def test_a_form_that_is_sent_twice_orders_once(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    order = {"order_no": "LW" + "b" * 20}
    first, second = visitor.order(town, **order), visitor.order(town, **order)
    assert town.count("transfers WHERE order_no LIKE 'LW%'") == 1
    visitor.get("/callback", **town.user_agrees(first.location))
    assert town.executed() == [1234]
    assert visitor.order(town, **order).location.endswith(order["order_no"])
    late = visitor.get("/callback", **town.user_agrees(second.location))
    assert _state(visitor.get(late.location)) == "executed"
    assert town.executed() == [1234]


def test_a_confirmation_that_comes_after_the_order_ended_changes_nothing(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    order = {"order_no": "LW" + "c" * 20}
    first, second = visitor.order(town, **order), visitor.order(town, **order)
    visitor.get("/callback", **town.user_declines(first.location))
    late = visitor.get("/callback", **town.user_agrees(second.location))
    assert _state(visitor.get(late.location)) == "rejected"
    assert town.executed() == []


def test_an_order_left_unconfirmed_can_be_taken_to_the_bank_again(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    address = f"/payments/{'LW' + 'd' * 20}"
    visitor.order(town, order_no="LW" + "d" * 20)
    page = visitor.get(address)
    assert _state(page) == "created"
    away = visitor.submit(page, f"{address}/confirm")
    visitor.get("/callback", **town.user_agrees(away.location))
    assert _state(visitor.get(address)) == "executed"
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf is not None
    assert visitor.post(f"{address}/confirm", csrf=csrf[1]).location == address


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payee_name": "张三"}, "PAYEE_MISMATCH"),
        ({"amount": "0"}, "AMOUNT_INVALID"),
        ({"amount": "1e3"}, "AMOUNT_INVALID"),
        ({"amount": "-1"}, "AMOUNT_INVALID"),
        ({"amount": "١٢"}, "AMOUNT_INVALID"),
        ({"order_no": "LWx"}, "PARAM_INVALID"),
        ({"account_ref": "a" * 20}, "RESOURCE_NOT_AUTHORIZED"),
    ],
)
def test_what_cannot_be_ordered_is_told_above_the_form_as_it_was_typed(
    town: Any, visitor: Any, changes: dict[str, str], code: str
) -> None:
    page = visitor.sign_in().link(town).order(town, **changes)
    assert page.status_code >= 400
    assert f'data-code="{code}"' in page.text
    assert f'value="{town.payee_account}"' in page.text
    assert town.executed() == []


@pytest.mark.parametrize(("typed", "amount_fen"), [("7", 700), ("7.5", 750), ("007.05", 705)])
def test_an_amount_may_be_typed_as_people_do(town: Any, visitor: Any, typed: str, amount_fen: int) -> None:
    assert _state(visitor.sign_in().link(town).pay(town, amount=typed)) == "executed"
    assert town.executed() == [amount_fen]


def test_more_than_there_is_cannot_be_paid(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    away = visitor.order(town, amount="4999999.00")
    if away.status_code == 303:
        back = visitor.get("/callback", **town.user_agrees(away.location))
        away = visitor.get(back.location)
        assert _state(away) == "rejected"
    assert re.search("INSUFFICIENT_FUNDS|LIMIT", away.text)
    assert town.executed() == []


def test_when_the_bank_will_not_ask_the_user_the_order_ends(town: Any, visitor: Any, wallet: Any) -> None:
    visitor.sign_in().link(town)

    def no_par(request: httpx.Request, deliver: Any) -> httpx.Response:
        if request.url.path == "/oauth/par":
            raise httpx.ConnectError("refused", request=request)
        return deliver(request)

    town.wire.bend = no_par
    assert "SERVICE_UNAVAILABLE" in visitor.order(town).text
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    assert [each.state for each in wallet.payments.book.of_user(user_id)] == ["rejected"]


@pytest.mark.clause("12.3-2.3")
def test_nobody_sees_or_executes_somebody_elses_payment(town: Any, wallet: Any, visitor: Any, visitor_of: Any) -> None:
    visitor.sign_in().link(town).pay(town)
    order_no = wallet.store.read("SELECT order_no FROM payments")[0]["order_no"]
    stranger = visitor_of(wallet).sign_in("Lux")
    for page in (
        stranger.get(f"/payments/{order_no}"),
        stranger.submit(stranger.get("/"), "/link") and stranger.get(f"/payments/{order_no}"),
    ):
        assert page.status_code == 404
        # The way to the same page in the other language says what was asked for, not whether it is there.
        assert order_no not in re.sub(r'<a class="language".*?</a>', "", page.text)
    csrf = re.search(r'name="csrf" value="(\w+)"', stranger.get("/").text)
    assert csrf is not None
    assert stranger.post(f"/payments/{order_no}/execute", csrf=csrf[1]).status_code == 404
    assert order_no not in stranger.get("/history").text
