"""A user confirms a payment: notice, payee and amount, a code bound to both."""

from __future__ import annotations

from typing import Any

import pytest

from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


def detail(branch: Branch, client: Client, **changes: Any) -> dict[str, Any]:
    return {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id, **changes)}


def state_of(branch: Branch, asked: dict[str, Any]) -> str:
    ((state,),) = branch.bank.store.read("SELECT state FROM transfers WHERE transfer_id = ?", [asked["transfer_id"]])
    return str(state)


def at_notice(branch: Branch, client: Client, person: int = 0, **changes: Any) -> Browser:
    browser = Browser(branch)
    browser.open(client.location(detail(branch, client, **changes)))
    browser.log_in(person)
    return browser


def at_payment(branch: Branch, client: Client, **changes: Any) -> Browser:
    browser = at_notice(branch, client, **changes)
    browser.submit("/authorize/notice", boxes=("read_notice",))
    browser.follow()
    return browser


def approve(browser: Browser, otp: str, boxes: tuple[str, ...] = ("agree",)) -> Any:
    return browser.submit("/authorize/decision", boxes=boxes, otp=otp, decision="approve")


@pytest.mark.clause("10.2.2-3.1")
@pytest.mark.parametrize("read", ["", "yes", "2019-1", "2025-1x"])
def test_only_the_notice_in_force_counts_as_read(branch: Branch, client: Client, read: str) -> None:
    browser = at_notice(branch, client)
    answer = browser.submit("/authorize/notice", read_notice=read)
    assert answer.status == 409
    assert branch.last_record()["code"] == "NOTICE_REQUIRED"
    assert "fraud" in answer.text
    assert branch.messages() == []
    browser.submit("/authorize/notice", boxes=("read_notice",))
    assert "100.00" in browser.follow().text


@pytest.mark.clause("7.2.1-b-2.2", "10.2.2-2.1", "10.2.2-2.2", "10.2.2-3.1")
def test_a_user_confirms_payee_and_amount_with_a_code(branch: Branch, client: Client) -> None:
    browser = at_notice(branch, client)
    assert "fraud" in browser.page.text
    assert branch.messages() == []
    browser.submit("/authorize/notice", boxes=("read_notice",))
    page = browser.follow().text
    message = branch.messages()[-1].text
    for shown in ("100.00", "**光"):
        assert shown in page
        assert shown in message
    approve(browser, branch.code())
    tokens = client.redeem(browser.answer()["code"]).json
    assert tokens["scope"] == "transfers.execute transfers.get"
    consent = branch.bank.consents.of_customer(branch.customer_id(0))[0]
    payee = next(each for each in branch.accounts if each.person_index == 1)
    consent.require_confirmed(consent.payment.transfer_id, payee.account_id, 10_000)
    assert list(branch.bank.consents.account_refs(consent.consent_id)) == branch.account_ids(0)[:1]


def test_full_numbers_and_names_are_neither_shown_nor_sent(branch: Branch, client: Client) -> None:
    browser = at_payment(branch, client)
    for account in branch.accounts:
        assert account.account_number not in browser.page.text + branch.messages()[-1].text
    assert "李四光" not in browser.page.text + branch.messages()[-1].text


@pytest.mark.clause("10.2.2-3.1")
def test_the_notice_must_be_marked_as_read(branch: Branch, client: Client) -> None:
    browser = at_notice(branch, client)
    refused = browser.submit("/authorize/notice")
    assert (refused.status, refused.form_code) == (409, "NOTICE_REQUIRED")
    for action, fields in (
        ("/authorize/code", {}),
        ("/authorize/factor", {"otp": "000000"}),
        ("/authorize/decision", {"decision": "approve", "agree": "yes", "otp": "000000"}),
    ):
        csrf = browser.page.text.partition('name="csrf" value="')[2][:64]
        assert browser.post(action, fields | {"csrf": csrf}).form_code == "NOTICE_REQUIRED"
    assert branch.messages() == []


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_payment_needs_its_code(branch: Branch, client: Client) -> None:
    browser = at_payment(branch, client)
    refused = approve(browser, "")
    assert (refused.status, refused.form_code) == (401, "SECOND_FACTOR_REQUIRED")
    code = branch.code()
    refused = approve(browser, f"{(int(code) + 1) % 1_000_000:06}")
    assert (refused.status, refused.form_code) == (401, "OTP_INVALID")
    assert approve(browser, code).status == 303


def test_a_right_code_without_the_tick_asks_for_the_tick_only(branch: Branch, client: Client) -> None:
    browser = at_payment(branch, client)
    refused = approve(browser, branch.code(), boxes=())
    assert (refused.status, refused.form_code) == (403, "CONSENT_REQUIRED")
    assert 'name="otp"' not in refused.text
    assert browser.submit("/authorize/decision", boxes=("agree",), decision="approve").status == 303


@pytest.mark.clause("10.2.2-2.2")
def test_a_code_for_one_payment_confirms_no_other(branch: Branch, client: Client) -> None:
    first = at_payment(branch, client, amount_fen=10_000)
    code = branch.code()
    second = Browser(branch)
    second.open(client.location(detail(branch, client, amount_fen=990_000)))
    second.log_in()
    second.submit("/authorize/notice", boxes=("read_notice",))
    second.get("/authorize/step")
    refused = approve(second, code)
    assert (refused.status, refused.form_code) == (409, "CONFIRMATION_MISMATCH")
    assert approve(first, code).status == 303


@pytest.mark.clause("10.2.2-2.2")
def test_an_amount_changed_after_the_code_was_sent_is_noticed(branch: Branch, client: Client) -> None:
    """Only an administrator who removes the core's own guard could change it."""
    browser = at_payment(branch, client)
    code = branch.code()
    with branch.bank.store.write() as db:
        db.execute("DROP TRIGGER transfers_keep_their_terms")
        db.execute("UPDATE transfers SET amount_fen = 20000")
    refused = approve(browser, code)
    assert (refused.status, refused.form_code) == (409, "CONFIRMATION_MISMATCH")


@pytest.mark.clause("10.2.2-2.1")
def test_nobody_sees_or_confirms_anothers_payment(branch: Branch, client: Client) -> None:
    browser = Browser(branch)
    browser.open(client.location(detail(branch, client)))
    browser.submit("/authorize/login", login_name="siguang", password="58203614")
    refused = browser.follow() if browser.page.status == 303 else browser.page
    assert (refused.status, refused.form_code) == (404, "RESOURCE_NOT_AUTHORIZED")
    assert "100.00" not in refused.text
    assert branch.messages() == []


def test_a_declined_payment_can_never_be_executed(branch: Branch, client: Client) -> None:
    asked = detail(branch, client)
    browser = Browser(branch)
    browser.open(client.location(asked))
    browser.log_in()
    browser.submit("/authorize/decision", decision="deny")
    assert browser.answer()["error"] == "access_denied"
    assert state_of(branch, asked) == "rejected"


def test_a_stranger_who_declines_rejects_nobodys_transfer(branch: Branch, client: Client) -> None:
    asked = detail(branch, client)
    browser = Browser(branch)
    browser.open(client.location(asked))
    browser.submit("/authorize/decision", decision="deny")
    assert state_of(branch, asked) == "created"


def test_a_transfer_that_expires_on_the_page_is_not_confirmed(branch: Branch, client: Client) -> None:
    asked = detail(branch, client)
    branch.clock.advance(850)
    browser = Browser(branch)
    browser.open(client.location(asked))
    browser.log_in()
    browser.submit("/authorize/notice", boxes=("read_notice",))
    browser.follow()
    branch.clock.advance(50)
    refused = approve(browser, branch.code())
    assert refused.status in (403, 409)
    assert refused.form_code in ("CONSENT_EXPIRED", "TRANSFER_EXPIRED")


def test_two_consents_for_one_transfer_can_be_given_but_each_is_its_own(branch: Branch, client: Client) -> None:
    asked = detail(branch, client)
    for _ in range(2):
        assert client.linked(detail=asked)["authorization_details"][0]["transfer_id"] == asked["transfer_id"]


def test_a_weakened_bank_confirms_nothing_without_a_code(branch: Branch, client: Client) -> None:
    branch.switches.weaken(["second_factor"])
    browser = at_payment(branch, client)
    browser.submit("/authorize/decision", boxes=("agree",), decision="approve")
    assert "code" in browser.answer()
    assert branch.bank.consents.of_customer(branch.customer_id(0))[0].confirmed_sm3 is None
