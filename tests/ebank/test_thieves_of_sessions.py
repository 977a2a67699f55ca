"""A copied session ends in the hands of whoever copied it; a framed page is reported by the browser that refused it."""

from __future__ import annotations

import json

import pytest

from tests.branch import Branch, Reply, deliver
from tests.browser import Browser

REPORT = {"csp-report": {"violated-directive": "frame-ancestors 'none'", "document-uri": "https://bank.localhost"}}


def entered(branch: Branch) -> Browser:
    browser = Browser(branch)
    browser.get("/login")
    browser.log_in(0, "/login")
    browser.submit("/factor", otp=branch.code())
    browser.follow()
    return browser


def reported(branch: Branch, body: bytes) -> Reply:
    headers = [("host", "bank.localhost:8441"), ("content-type", "application/csp-report")]
    return deliver(branch.pages, "POST", "/framing-reports", headers, body)


def alarms(branch: Branch) -> list[tuple[str, str]]:
    return branch.bank.store.read("SELECT rule, subject FROM alarms")


@pytest.mark.clause("9.3.1-3.1")
def test_a_session_in_another_browser_is_ended_for_both_and_an_alarm_about_the_address(branch: Branch) -> None:
    owner, thief = entered(branch), Browser(branch, source="192.0.2.7", agent="another")
    thief.cookies |= owner.cookies
    page = thief.get("/security")
    assert (page.status, branch.last_record()["code"]) == (401, "SESSION_EXPIRED")
    assert "******" not in page.text
    assert owner.get("/security").status == 401
    assert alarms(branch) == [("SESSION_ANOMALY", "192.0.2.7")]


def test_the_same_browser_keeps_its_session_and_makes_no_alarm(branch: Branch) -> None:
    assert entered(branch).get("/security").status == 200
    assert alarms(branch) == []


@pytest.mark.clause("10.2.2-2.2")
def test_a_page_says_that_nobody_may_frame_it_and_where_to_report_who_tried(branch: Branch) -> None:
    policy = Browser(branch).get("/login").header("content-security-policy").split("; ")
    assert {"frame-ancestors 'none'", "report-uri /framing-reports"} <= set(policy)


@pytest.mark.clause("9.3.2-1.2.1", "7.3.3-1.2")
def test_a_browsers_report_of_a_frame_is_on_record_as_a_failure_and_nothing_of_it_is_kept(branch: Branch) -> None:
    assert reported(branch, json.dumps(REPORT).encode()).status == 204
    record = branch.last_record()
    assert (record["api_id"], record["result"], record["code"]) == ("ebank.framing", "failure", "FRAMING_BLOCKED")
    assert "frame-ancestors" not in str(dict(record))


def test_a_report_of_anything_else_is_no_failure_and_what_is_none_is_refused(branch: Branch) -> None:
    other = {"csp-report": {"violated-directive": "img-src"}}
    assert reported(branch, json.dumps(other).encode()).status == 204
    assert branch.last_record()["result"] == "success"
    assert reported(branch, b"[]").status == 400
    assert branch.last_record()["code"] == "PARAM_INVALID"


def test_a_bank_without_its_row_lets_its_pages_be_framed(branch: Branch) -> None:
    whole = Browser(branch).get("/login")
    branch.switches.weaken(["framing"])
    framable = Browser(branch).get("/login")
    assert whole.header("x-frame-options") == "DENY"
    assert "frame-ancestors" not in framable.header("content-security-policy")
    assert framable.header("x-frame-options") == ""
