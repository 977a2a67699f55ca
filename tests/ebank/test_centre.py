"""The authorization centre: two factors to enter, every consent in view, one click to end one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bank_sim.audit import AccessRecord
from bank_sim.consent import ACCOUNT_INFORMATION, Authorisation, ConsentRequest
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


def entered(branch: Branch, person: int = 0, language: str = "en") -> Any:
    browser = Browser(branch, language)
    browser.get("/login")
    browser.log_in(person, "/login")
    browser.submit("/factor", otp=branch.code())
    browser.follow()
    return browser


@pytest.mark.clause("9.3.2-2")
def test_a_user_sees_and_revokes_a_consent(branch: Branch, client: Client) -> None:
    consent_id = client.linked()["authorization_details"][0]["consent_id"]
    browser = entered(branch)
    assert browser.page.status == 200
    for shown in ("钱包 Wallet", "active", "2026-03-02", "used 0 times", "******"):
        assert shown in browser.page.text
    browser.submit(f"/consents/{consent_id}/revoke")
    page = browser.follow().text
    assert "revoked" in page
    assert f"/consents/{consent_id}/revoke" not in page
    assert branch.bank.consents.get(consent_id).state == "revoked"
    assert branch.records()[-2]["api_id"] == "ebank.revoke"
    assert branch.records()[-2]["consent_id"] == consent_id


@pytest.mark.clause("9.3.2-2", "7.3.3-1.2")
def test_a_user_sees_every_use_of_a_consent_and_every_refusal(branch: Branch, client: Client) -> None:
    consent_id = client.linked()["authorization_details"][0]["consent_id"]
    for api_id, code in (("accounts.balance", None), ("accounts.limits", "SCOPE_INSUFFICIENT")):
        branch.bank.access_log.record(
            AccessRecord(
                trace_id="0" * 32, at_ms=branch.clock.now_ms(), app_id=client.app_id, api_id=api_id,
                u_api_id=branch.bank.catalogue.by_id[api_id].u_api_id, method="GET", path="/", source="-", elapsed_us=1,
                result="failure" if code else "success", status=403 if code else 200, code=code, consent_id=consent_id,
            )
        )  # fmt: skip
    browser = entered(branch, language="zh-CN")
    page = browser.get(f"/consents/{consent_id}").text
    calls = page.partition('id="calls"')[2].partition("</table>")[0]
    rows = re.findall(r'<tr role="row">(.*?)</tr>', calls, re.DOTALL)[1:]
    assert [("账户余额" in row, "已提供" in row, "SCOPE_INSUFFICIENT" in row) for row in rows] == [
        (False, False, True),
        (True, True, False),
    ]
    assert "授权范围不含此接口" in rows[0]
    browser.submit(f"/consents/{consent_id}/revoke")
    assert branch.bank.consents.get(consent_id).state == "revoked"


@pytest.mark.parametrize("consent_id", ["cns_nobody_gave", "{theirs}"])
def test_a_consent_of_others_is_shown_to_nobody(branch: Branch, client: Client, consent_id: str) -> None:
    theirs = client.linked(person=0)["authorization_details"][0]["consent_id"]
    refused = entered(branch, person=1).get(f"/consents/{consent_id.format(theirs=theirs)}")
    assert (refused.status, refused.form_code) == (404, "RESOURCE_NOT_AUTHORIZED")
    assert client.app_id not in refused.text


def test_what_ended_long_ago_is_shown_page_by_page(branch: Branch, client: Client) -> None:
    """Every payment leaves a consent behind: whoever pays a lot still gets a page of a bounded size."""
    word = Authorisation(branch.customer_id(0), branch.account_ids(0), ["password", "sms_code"], {})
    asked = ConsentRequest(client.app_id, ACCOUNT_INFORMATION, "once", int(branch.clock.now_s()) + 60, ("points.get",))
    with branch.bank.store.write() as db:
        for _ in range(45):
            branch.bank.consents.authorise(db, branch.bank.consents.request(db, asked), word)
    branch.clock.advance(61)
    browser = entered(branch)
    shown = {page: browser.get(f"/consents?past={page}").text for page in (1, 2, 3, 9, -1)}
    assert [len(re.findall(r"<article", shown[page])) for page in shown] == [20, 20, 5, 5, 20]
    assert all("No longer active (45)" in text for text in shown.values())
    assert re.findall(r"\?past=(\d)#", shown[2]) == ["1", "3"]
    assert browser.get("/consents?past=' OR 1").status == 200


def test_a_password_alone_shows_no_consent(branch: Branch, client: Client) -> None:
    consent_id = client.linked()["authorization_details"][0]["consent_id"]
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.get("/login")
    browser.log_in(0, "/login")
    assert browser.get(f"/consents/{consent_id}").header("location") == "/factor"


def test_nobody_sees_or_revokes_anothers_consents(branch: Branch, client: Client) -> None:
    consent_id = client.linked(person=0)["authorization_details"][0]["consent_id"]
    browser = entered(branch, person=1)
    assert "You have given no consent that is still active" in browser.page.text
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', browser.page.text)[0]
    refused = browser.post(f"/consents/{consent_id}/revoke", {"csrf": csrf})
    assert (refused.status, refused.form_code) == (404, "RESOURCE_NOT_AUTHORIZED")
    assert branch.bank.consents.get(consent_id).state == "authorised"


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_password_alone_opens_no_door(branch: Branch, client: Client) -> None:
    consent_id = client.linked()["authorization_details"][0]["consent_id"]
    browser = Browser(branch)
    browser.get("/login")
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', browser.page.text)[0]
    assert browser.post(f"/consents/{consent_id}/revoke", {"csrf": csrf}).form_code == "SESSION_REQUIRED"
    browser.get("/login")
    browser.log_in(0, "/login")
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', browser.page.text)[0]
    assert browser.post(f"/consents/{consent_id}/revoke", {"csrf": csrf}).form_code == "SECOND_FACTOR_REQUIRED"
    assert browser.get("/consents").header("location") == "/factor"
    assert branch.last_record()["code"] == "SECOND_FACTOR_REQUIRED"
    assert branch.bank.consents.get(consent_id).state == "authorised"


def test_whoever_is_not_logged_in_is_led_to_the_login(branch: Branch, browser: Browser) -> None:
    assert 'href="/login"' in browser.get("/").text
    refused = browser.get("/consents")
    assert (refused.status, refused.form_code) == (401, "SESSION_REQUIRED")
    assert 'href="/login"' in refused.text


def test_wrong_logins_and_codes_show_the_form_again(branch: Branch, browser: Browser) -> None:
    browser.get("/login")
    refused = browser.submit("/login", login_name="xiaoming", password="wrong")
    assert (refused.status, refused.form_code) == (401, "LOGIN_FAILED")
    browser.log_in(0, "/login")
    refused = browser.submit("/factor", otp="12")
    assert (refused.status, refused.form_code) == (401, "OTP_INVALID")
    refused = browser.submit("/code")
    assert (refused.status, refused.form_code) == (429, "OTP_TOO_FREQUENT")
    browser.submit("/factor", otp=branch.code())
    assert browser.follow().status == 200


def test_logging_out_ends_the_session_at_the_bank(branch: Branch) -> None:
    browser = entered(branch)
    cookies = dict(browser.cookies)
    browser.submit("/logout")
    assert browser.cookies == {}
    browser.cookies = cookies
    assert browser.get("/consents").form_code == "SESSION_EXPIRED"


@pytest.mark.clause("9.3.1-3.2")
def test_an_idle_visitor_logs_in_again(branch: Branch) -> None:
    browser = entered(branch)
    branch.clock.advance(600)
    refused = browser.get("/consents")
    assert (refused.status, refused.form_code) == (401, "SESSION_EXPIRED")


def test_an_authorization_logs_nobody_into_the_bank(branch: Branch, client: Client) -> None:
    browser = Browser(branch)
    browser.open(client.location())
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    browser.cookies["__Host-ebank"] = browser.cookies["__Host-authorize"]
    refused = browser.get("/consents")
    assert refused.status == 401


def test_a_payment_shows_what_it_took(branch: Branch, client: Client) -> None:
    detail = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    consent_id = client.linked(detail=detail)["authorization_details"][0]["consent_id"]
    with branch.bank.store.write() as db:
        branch.bank.consents.use(db, consent_id, 10_000)
    branch.clock.advance(60)
    page = entered(branch).page.text
    assert "¥ 100.00 paid" in page
    assert "used" in page
    assert "/revoke" not in page
