"""The user closes every application's access at once, and opens it again (JR/T 0185 9.3.2)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


def entered(branch: Branch, person: int = 0, language: str = "en") -> Browser:
    browser = Browser(branch, language)
    browser.get("/login")
    browser.log_in(person, "/login")
    browser.submit("/factor", otp=branch.code())
    browser.follow()
    return browser


def close(branch: Branch, person: int = 0) -> Browser:
    browser = entered(branch, person)
    browser.get("/services")
    browser.submit("/services/close", boxes=("understood",))
    browser.follow()
    return browser


def standing_payment(client: Client, branch: Branch) -> dict[str, Any]:
    return {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}


@pytest.mark.clause("9.3.2-2")
def test_closing_ends_every_consent_of_this_user_and_of_nobody_else(branch: Branch, client: Client) -> None:
    mine = [client.linked(0)["authorization_details"][0]["consent_id"]]
    branch.clock.advance(61)
    theirs = client.linked(1)["authorization_details"][0]["consent_id"]
    branch.clock.advance(61)
    mine.append(client.linked(0, standing_payment(client, branch))["authorization_details"][0]["consent_id"])
    branch.clock.advance(61)
    page = close(branch).page.text
    assert "Consents that ended then: 2" in page
    assert [branch.bank.consents.get(each).state for each in mine] == ["revoked", "revoked"]
    assert branch.bank.consents.get(theirs).state == "authorised"
    assert "you closed access by applications; consents ended: 2" in branch.messages()[-1].text
    assert [each["api_id"] for each in branch.records()[-2:]] == ["ebank.services.close", "ebank.services"]
    assert branch.records()[-2]["customer_ref"] == branch.customer_id(0)


@pytest.mark.clause("9.3.2-2")
@pytest.mark.parametrize("column", ["account_information", "payment"])
def test_while_closed_no_consent_can_be_given_and_no_code_is_sent(branch: Branch, client: Client, column: str) -> None:
    close(branch)
    sent = len(branch.messages())
    browser = Browser(branch)
    browser.open(client.location(standing_payment(client, branch) if column == "payment" else None))
    refused = browser.log_in(0)
    assert (refused.status, refused.form_code) == (403, "API_SERVICES_CLOSED")
    assert "You have closed access by applications" in refused.text
    assert 'href="/services"' in refused.text
    assert branch.last_record()["code"] == "API_SERVICES_CLOSED"
    assert len(branch.messages()) == sent


@pytest.mark.clause("9.3.2-2")
def test_an_authorization_that_was_under_way_ends_when_the_services_close(branch: Branch, client: Client) -> None:
    browser = Browser(branch)
    browser.open(client.location())
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    browser.follow()
    branch.clock.advance(61)
    close(branch)
    refused = browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    assert (refused.status, refused.form_code) == (403, "API_SERVICES_CLOSED")
    assert branch.bank.consents.of_customer(branch.customer_id(0)) == []


@pytest.mark.clause("9.3.2-2")
def test_without_the_row_a_closed_service_takes_a_consent_again(branch: Branch, client: Client) -> None:
    close(branch)
    branch.clock.advance(61)
    branch.switches.weaken(["services_open"])
    assert "code" in Browser(branch).agree(client.location())


def test_a_code_handed_out_before_the_closing_is_worth_nothing_after(branch: Branch, client: Client) -> None:
    answer = Browser(branch).agree(client.location())
    branch.clock.advance(30)
    with branch.bank.store.write() as db:
        assert branch.bank.services.close(db, branch.customer_id(0)) == 1
    refused = client.redeem(answer["code"])
    assert refused.json["error"] == "invalid_grant"
    assert branch.last_record()["code"] == "CONSENT_REVOKED"


@pytest.mark.clause("9.3.2-2", "7.2.1-b-2.2")
def test_neither_closing_nor_reopening_goes_without_the_second_factor(branch: Branch) -> None:
    browser = Browser(branch)
    browser.get("/login")
    browser.log_in(0, "/login")
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', browser.page.text)[0]
    for target in ("/services/close", "/services/reopen"):
        refused = browser.post(target, {"csrf": csrf, "understood": "yes"})
        assert (refused.status, refused.form_code) == (401, "SECOND_FACTOR_REQUIRED")
        assert browser.post(target, {"understood": "yes"}).form_code == "FORM_FORGED"
    assert browser.get("/services").header("location") == "/factor"
    assert branch.bank.services.closings(branch.customer_id(0)) == []


def test_closing_takes_the_users_tick(branch: Branch) -> None:
    browser = entered(branch)
    browser.get("/services")
    asked_again = browser.submit("/services/close")
    assert asked_again.status == 400
    assert "Please tick" in asked_again.text
    assert not branch.bank.services.closed(branch.customer_id(0))
    assert branch.last_record()["code"] == "PARAM_INVALID"


@pytest.mark.clause("9.3.2-2", "9.3.2-1.2.1")
def test_reopening_brings_no_consent_back_and_lets_new_ones_be_given(branch: Branch, client: Client) -> None:
    old = client.linked()["authorization_details"][0]["consent_id"]
    branch.clock.advance(61)
    browser = close(branch)
    assert "Access is closed" in browser.get("/consents").text
    browser.get("/services")
    branch.clock.advance(60)
    browser.submit("/services/reopen")
    page = browser.follow().text
    assert "you reopened access by applications" in branch.messages()[-1].text
    assert "Access is open" in page
    assert "2026-01-31 10:02" in page
    assert branch.bank.consents.get(old).state == "revoked"
    branch.clock.advance(61)
    assert client.linked()["access_token"]


def test_closing_twice_and_reopening_twice_change_nothing(branch: Branch, client: Client) -> None:
    client.linked()
    services, customer_id = branch.bank.services, branch.customer_id(0)
    with branch.bank.store.write() as db:
        assert [services.close(db, customer_id), services.close(db, customer_id)] == [1, 0]
    (closing,) = services.closings(customer_id)
    with branch.bank.store.write() as db:
        services.reopen(db, customer_id)
        services.reopen(db, customer_id)
    assert services.closings(customer_id)[0].closed_at_ms == closing.closed_at_ms
    assert not services.closed(customer_id)


def test_a_consent_that_had_expired_is_not_called_revoked(branch: Branch, client: Client) -> None:
    consent_id = client.linked()["authorization_details"][0]["consent_id"]
    branch.clock.advance(31 * 86_400)
    with branch.bank.store.write() as db:
        assert branch.bank.services.close(db, branch.customer_id(0)) == 0
    assert branch.bank.consents.get(consent_id).state == "expired"
