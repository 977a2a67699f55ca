"""A payment whose result is unknown stays unknown until the bank has been asked, and is never ordered anew before."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Deliver = Callable[[httpx.Request], httpx.Response]


def _executes(request: httpx.Request) -> bool:
    return request.url.path.endswith("/execute")


def _lose_the_answers(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    response = deliver(request)
    if _executes(request):
        raise httpx.ReadTimeout("no answer", request=request)
    return response


def _lose_the_requests(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    if _executes(request):
        raise httpx.ReadTimeout("no answer", request=request)
    return deliver(request)


def _alter_the_answers(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    response = deliver(request)
    if not _executes(request):
        return response
    content = response.content.replace(b'"executed"', b'"rejected"')
    return httpx.Response(response.status_code, headers=response.headers, content=content)


def _refuse_unsigned(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    response = deliver(request)
    if not _executes(request):
        return response
    return httpx.Response(422, json={"code": "INSUFFICIENT_FUNDS", "trace_id": "forged"})


def _replay(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    response = deliver(request)
    return deliver(request) if _executes(request) else response


def _cut_off(request: httpx.Request, deliver: Deliver) -> httpx.Response:
    """The bank is reached for nothing after the user came back with the code."""
    if _executes(request) or request.method == "GET":
        raise httpx.ConnectError("refused", request=request)
    return deliver(request)


def _state(page: Any) -> str:
    found = re.search(r'data-state="(\w+)"', page.text)
    assert found is not None, page.text
    return found[1]


def _pay_over(town: Any, visitor: Any, wire: Callable[..., Any]) -> str:
    """Order and confirm with ``wire`` bending the bank's wire from then on; the payment's address."""
    away = visitor.order(town)
    back = town.user_agrees(away.location)
    town.wire.bend = wire
    return str(visitor.get("/callback", **back).location)


@pytest.mark.clause("9.3.3-1.2")
@pytest.mark.parametrize("wire", [_lose_the_answers, _alter_the_answers, _refuse_unsigned, _replay])
def test_a_payment_without_a_proven_answer_is_unknown_until_a_query_decides(
    town: Any, wallet: Any, visitor: Any, wire: Any
) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), wire)
    assert [each.state for each in wallet.payments.book.unsettled()] == ["unknown"]
    assert town.executed() == [1234]
    assert _state(visitor.get(address)) == "executed"
    assert wallet.payments.book.unsettled() == []
    assert town.executed() == [1234]


@pytest.mark.clause("9.3.3-1.2")
def test_nothing_is_ordered_anew_while_a_result_is_unknown(town: Any, wallet: Any, visitor: Any) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _lose_the_requests)
    assert visitor.get("/pay").location == address
    form = visitor.get("/pay")
    assert form.status_code == 303
    csrf = re.search(r'name="csrf" value="(\w+)"', visitor.get("/").text)
    assert csrf is not None
    again = visitor.post("/pay", csrf=csrf[1], order_no="LW" + "0" * 20, amount="12.34", account_ref="x" * 20)
    assert again.status_code == 409
    assert "TRANSFER_STATE" in again.text
    assert town.count("transfers WHERE order_no LIKE 'LW%'") == 1


@pytest.mark.clause("9.3.3-1.2")
def test_an_order_that_the_bank_never_executed_is_completed_once_under_its_old_key(town: Any, visitor: Any) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _lose_the_requests)
    page = visitor.get(address)
    assert _state(page) == "unknown"
    assert town.executed() == []
    town.wire.bend = None
    for _ in range(2):
        visitor.submit(page, f"{address}/execute")
    assert _state(visitor.get(address)) == "executed"
    assert town.executed() == [1234]


def test_an_order_that_the_bank_let_expire_is_rejected(town: Any, visitor: Any) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _lose_the_requests)
    town.clock.advance(901)
    page = visitor.get(address)
    assert _state(page) == "rejected"
    assert "TRANSFER_EXPIRED" in page.text
    assert town.executed() == []


def test_while_the_bank_cannot_be_asked_the_page_says_so_and_stays_unknown(town: Any, visitor: Any) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _lose_the_answers)
    town.wire.bend = _cut_off
    page = visitor.get(address)
    assert _state(page) == "unknown"
    assert "SERVICE_UNAVAILABLE" in page.text


def test_an_order_that_never_reached_the_bank_can_be_completed(town: Any, visitor: Any) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _cut_off)
    page = visitor.get(address)
    assert _state(page) == "authorised"
    town.wire.bend = None
    visitor.submit(page, f"{address}/execute")
    assert _state(visitor.get(address)) == "executed"


@pytest.mark.clause("9.3.3-1.2")
def test_after_a_crash_a_payment_under_way_is_unknown_and_then_queried(town: Any, visitor: Any, wallet: Any) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _lose_the_answers)
    with wallet.store.write() as db:
        db.execute("UPDATE payments SET state = 'executing'")
    wallet.close()
    town.wire.bend = None
    reopened = town.open_wallet(town.wallet_config("gm"))
    reopened.payments.recover()
    assert [each.state for each in reopened.payments.book.unsettled()] == ["unknown"]
    assert reopened.payments.settle_all()
    user_id = reopened.store.read("SELECT user_id FROM payments")[0]["user_id"]
    settled = reopened.payments.book.payment(user_id, address.rsplit("/", 1)[1])
    assert settled.state == "executed"
    assert settled.serial
    assert settled.token_sealed is None
    reopened.close()


def test_an_order_whose_creation_was_cut_short_is_rejected_at_the_next_start(
    town: Any, visitor: Any, wallet: Any
) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    assert wallet.payments.book.open(user_id, "LW" + "a" * 20, 100)
    wallet.payments.recover()
    assert wallet.payments.book.payment(user_id, "LW" + "a" * 20).state == "rejected"


def test_a_user_who_unlinks_in_between_still_learns_the_result(town: Any, visitor: Any) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _lose_the_answers)
    visitor.submit(visitor.get("/accounts"), "/unlink")
    assert _state(visitor.get(address)) == "executed"


def test_a_definite_state_is_never_left(town: Any, visitor: Any, wallet: Any) -> None:
    visitor.sign_in().link(town).pay(town)
    row = wallet.store.read("SELECT user_id, order_no FROM payments")[0]
    payment = wallet.payments.book.payment(row["user_id"], row["order_no"])
    assert payment.state == "executed"
    wallet.payments.execute(payment)
    wallet.payments.settle(payment)
    assert wallet.payments.book.payment(row["user_id"], row["order_no"]) == payment
    assert town.executed() == [1234]


def _revoke(town: Any, consent_type: str) -> None:
    """The user takes back a consent on the bank's own pages."""
    consent_id, customer_id = town.bank.store.read(
        "SELECT consent_id, customer_id FROM consents WHERE type = ? ORDER BY authorised_at_ms DESC", (consent_type,)
    )[0]
    with town.bank.store.write() as db:
        town.bank.consents.revoke(db, consent_id, customer_id)


def _revoking_between_the_sendings(town: Any, *consent_types: str) -> Callable[..., httpx.Response]:
    """A wire that loses the first answer to the execution; the user revokes before the message goes out again."""
    lost: list[httpx.Request] = []

    def wire(request: httpx.Request, deliver: Deliver) -> httpx.Response:
        response = deliver(request)
        if not _executes(request) or lost:
            return response
        lost.append(request)
        for each in consent_types:
            _revoke(town, each)
        raise httpx.ReadTimeout("no answer", request=request)

    return wire


@pytest.mark.clause("9.3.3-1.2")
def test_a_refusal_of_the_repetition_does_not_deny_what_the_first_sending_did(
    town: Any, visitor: Any, wallet: Any
) -> None:
    address = _pay_over(town, visitor.sign_in().link(town), _revoking_between_the_sendings(town, "payment"))
    assert town.executed() == [1234]
    assert [(each.state, each.code) for each in wallet.payments.book.unsettled()] == [("unknown", "RESULT_UNKNOWN")]
    assert _state(visitor.get(address)) == "executed"


@pytest.mark.clause("9.3.3-1.2", "9.3.2-2")
def test_without_any_consent_left_the_result_stays_unknown_until_the_user_links_again(town: Any, visitor: Any) -> None:
    wire = _revoking_between_the_sendings(town, "payment", "account_information")
    address = _pay_over(town, visitor.sign_in().link(town), wire)
    for _ in range(2):
        page = visitor.get(address)
        assert _state(page) == "unknown"
        assert "CONSENT_REVOKED" in page.text
        assert 'id="link-to-ask"' in page.text
    visitor.link(town)
    page = visitor.get(address)
    assert _state(page) == "executed"
    assert "link-to-ask" not in page.text


@pytest.mark.clause("9.3.3-1.2")
def test_when_the_link_ends_at_the_bank_the_confirmation_still_lets_the_wallet_ask(town: Any, visitor: Any) -> None:
    wire = _revoking_between_the_sendings(town, "account_information")
    address = _pay_over(
        town, visitor.sign_in().link(town), lambda request, deliver: _lose_after(wire, request, deliver)
    )
    town.wire.bend = None
    assert _state(visitor.get(address)) == "executed"


def _lose_after(wire: Callable[..., httpx.Response], request: httpx.Request, deliver: Deliver) -> httpx.Response:
    response = wire(request, deliver)
    if _executes(request):
        raise httpx.ReadTimeout("no answer", request=request)
    return response
