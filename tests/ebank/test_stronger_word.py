"""Payments that a code does not suffice for: the page asks for a key of the payer's own, and says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client
from tests.ebank.test_second_factors import Phone, with_phone
from tests.embedded import PASSWORD, Form

LARGE_FEN = 10_000_01


@pytest.fixture
def phone(branch: Branch) -> Iterator[Phone]:
    phone = Phone(branch)
    yield phone
    phone.line.close()


def at_payment(branch: Branch, client: Client, amount_fen: int = LARGE_FEN, language: str = "en") -> Browser:
    transfer_id = branch.transfer(client.app_id, amount_fen=amount_fen)
    browser = Browser(branch, language)
    browser.open(client.location({"type": "payment", "validity": "once", "transfer_id": transfer_id}))
    browser.log_in()
    browser.submit("/authorize/notice", boxes=("read_notice",))
    browser.follow()
    return browser


@pytest.mark.clause("10.2.3-3.2", "10.2.2-2.2")
def test_a_large_first_payment_is_confirmed_with_the_phone_and_not_with_a_code(
    branch: Branch, client: Client, phone: Phone
) -> None:
    browser = at_payment(branch, client)
    assert "It is your first payment to this account" in browser.page.text
    assert "You have bound neither a phone nor a security key" in browser.page.text
    assert branch.messages() == []
    assert 'name="otp"' not in browser.page.text
    assert 'value="approve"' not in browser.page.text
    with_phone(branch, phone)
    sent = len(branch.messages())
    browser.get("/authorize/step")
    browser.submit("/authorize/choose", by="device_key")
    browser.follow()
    phone.answer()
    browser.submit("/authorize/decision", boxes=("agree",), decision="approve")
    assert "code" in browser.answer()
    assert len(branch.messages()) == sent
    assert branch.bank.consents.of_customer(branch.customer_id(0))[0].factors == ("password", "device_key")


@pytest.mark.clause("10.2.3-3.2")
def test_a_code_sent_with_a_form_that_the_page_does_not_offer_confirms_nothing(branch: Branch, client: Client) -> None:
    browser = at_payment(branch, client)
    csrf = browser.page.text.partition('name="csrf" value="')[2][:64]
    browser.post("/authorize/code", {"csrf": csrf, "by": "sms_code"})
    forged = {"csrf": csrf, "by": "sms_code", "otp": branch.code(), "agree": "yes", "decision": "approve"}
    refused = browser.post("/authorize/decision", forged)
    assert (refused.status, refused.form_code) == (403, "STEP_UP_REQUIRED")
    assert branch.last_record()["code"] == "STEP_UP_REQUIRED"
    assert branch.bank.consents.of_customer(branch.customer_id(0)) == []


def test_up_to_the_line_and_beyond_what_is_there_a_code_suffices(branch: Branch, client: Client) -> None:
    assert 'name="otp"' in at_payment(branch, client, LARGE_FEN - 1).page.text
    branch.clock.advance(61)
    assert 'name="otp"' in at_payment(branch, client, 4_999_999_00).page.text


def test_it_is_said_in_chinese_too(branch: Branch, client: Client) -> None:
    page = at_payment(branch, client, language="zh").page.text
    assert "这是您首次通过应用向该账户付款，且金额超过1万元。" in page
    assert "您还没有绑定手机或安全密钥" in page


@pytest.mark.clause("10.2.3-3.2")
def test_in_the_embedded_form_the_phone_is_the_only_way(branch: Branch, client: Client, phone: Phone) -> None:
    with_phone(branch, phone)
    branch.clock.advance(61)
    form = Form(branch, client, amount_fen=LARGE_FEN)
    sent = len(branch.messages())
    assert form.type(PASSWORD).json == {"next": "device"}
    assert len(branch.messages()) == sent
    assert "It is your first payment to this account" in form.frame().words
    refused = form.type("")
    assert (refused.status, refused.json["code"]) == (400, "STEP_UP_REQUIRED")
    assert (
        form.client.post("embedded/proof", {"embedded_session": form.secret, "send_again": "true"}, signed=True).json[
            "code"
        ]
        == "STEP_UP_REQUIRED"
    )
    assert form.type("", by="device_key", agree="").json == {"next": "device"}
    phone.answer()
    assert form.type("", by="device_key").json["next"] == "done"


def test_who_has_no_phone_is_sent_from_the_embedded_form_to_the_banks_page(branch: Branch, client: Client) -> None:
    form = Form(branch, client, amount_fen=LARGE_FEN)
    assert form.type(PASSWORD).json == {"next": "device"}
    assert "You have not bound a phone" in form.page().text
