"""Ways to verify on the bank's pages: set up, chosen, used and removed, and the phone's own door."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from bank_sim.ebank.factor_texts import FACTOR_WORDS
from bank_sim.identity.time_codes import STEP_S, code_at
from bank_sim.sdk.device import BoundDevice, DeviceClient
from bank_sim.sdk.protocol.problems import Problem
from tests.branch import Branch, Reply, deliver
from tests.browser import Browser
from tests.client import Client
from user_sim.authenticator import code_of
from user_sim.security_key import SecurityKey

ORIGIN = "https://bank.localhost:8441"
EBANK = Path(__file__).parents[2] / "bank_sim/ebank"


class Line(httpx.BaseTransport):
    """The phone's line: requests are handed to the pages as the edge does."""

    def __init__(self, branch: Branch) -> None:
        self._branch = branch

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = [("host", "bank.localhost:8441"), ("content-type", request.headers["content-type"])]
        reply = deliver(self._branch.pages, "POST", request.url.path, headers, request.read())
        return httpx.Response(reply.status, content=reply.body)


class Phone:
    """A phone with the bank's SDK."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.line = DeviceClient(httpx.Client(transport=Line(branch), base_url=ORIGIN), b"the phone's")
        self.device = BoundDevice("", b"")

    def bind(self, code: str) -> None:
        self.device = self.line.activate(code, "154****0001")

    def waiting(self) -> list[dict[str, Any]]:
        return [json.loads(each) for each in self.line.waiting(self.device, self.branch.clock.now_ms())]

    def answer(self, decision: Any = "approve") -> None:
        (statement,) = self.line.waiting(self.device, self.branch.clock.now_ms())
        self.line.decide(self.device, decision, statement)


@pytest.fixture
def phone(branch: Branch) -> Iterator[Phone]:
    phone = Phone(branch)
    yield phone
    phone.line.close()


def logged_in(branch: Branch, language: str = "en") -> Browser:
    """At the bank's own pages, by text message."""
    browser = Browser(branch, language)
    browser.get("/login")
    browser.log_in(0, "/login")
    if 'name="otp"' not in browser.page.text:
        choose(browser, "sms_code")
    browser.submit("/factor", otp=branch.code())
    assert browser.follow().status == 200
    return browser


def choose(browser: Browser, by: str, door: str = "") -> Reply:
    browser.submit(f"{door}/choose", by=by)
    return browser.follow() if browser.page.status == 303 else browser.page


def with_phone(branch: Branch, phone: Phone) -> Browser:
    browser = logged_in(branch)
    browser.get("/security")
    page = browser.submit("/security/phone").text
    phone.bind(re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)[0])
    return browser


def with_authenticator(branch: Branch) -> str:
    """The secret of an authenticator that the customer has set up."""
    browser = logged_in(branch)
    browser.get("/security")
    browser.submit("/security/authenticator")
    page = browser.follow().text
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "")
    browser.submit("/security/authenticator/confirm", totp=code_of(secret, branch.clock.now_s()))
    assert browser.page.status == 303, browser.page.form_code
    branch.clock.advance(STEP_S)
    return secret


def with_key(branch: Branch) -> SecurityKey:
    browser, key = logged_in(branch), SecurityKey()
    page = browser.get("/security/key").text
    browser.submit("/security/key", security_key=key.create(options(page), ORIGIN))
    assert browser.page.status == 303, browser.page.form_code
    return key


def options(page: str) -> str:
    return unescape(re.findall(r'data-options="([^"]*)"', page)[0])


def at_login(branch: Branch) -> Browser:
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.get("/login")
    browser.log_in(0, "/login")
    return browser


def at_payment(branch: Branch, client: Client) -> Browser:
    detail = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    branch.clock.advance(61)
    browser = Browser(branch)
    browser.open(client.location(detail))
    browser.log_in()
    browser.submit("/authorize/notice", boxes=("read_notice",))
    browser.follow()
    return browser


def test_security_settings_are_for_whoever_has_logged_in(branch: Branch) -> None:
    browser = Browser(branch)
    for path in ("/security", "/security/authenticator", "/security/key", "/security/fac_x/remove"):
        assert browser.get(path).form_code == "SESSION_REQUIRED"
    browser.get("/login")
    browser.log_in(0, "/login")
    for path in ("/security", "/security/authenticator", "/security/key", "/security/fac_x/remove"):
        assert browser.get(path).header("location") == "/factor"
    csrf = {"csrf": re.findall(r'name="csrf" value="(\w+)"', browser.get("/factor").text)[0]}
    for path in ("/security/phone", "/security/authenticator", "/security/key", "/security/fac_x/remove"):
        assert browser.post(path, csrf).form_code == "SECOND_FACTOR_REQUIRED"


@pytest.mark.clause("7.2.1-b-2.2")
def test_an_authenticator_is_set_up_and_logs_in(branch: Branch) -> None:
    secret = with_authenticator(branch)
    assert "Authenticator" in branch.messages()[-1].text
    sent, browser = len(branch.messages()), at_login(branch)
    assert 'name="totp"' in browser.page.text
    browser.submit("/factor", totp=code_of(secret, branch.clock.now_s()))
    assert browser.follow().status == 200
    assert len(branch.messages()) == sent


def test_a_wrong_first_code_shows_the_same_secret_again(branch: Branch) -> None:
    browser = logged_in(branch)
    browser.get("/security")
    browser.submit("/security/authenticator")
    before = re.findall(r"<code>([A-Z2-7 ]+)</code>", browser.follow().text)
    wrong = browser.submit("/security/authenticator/confirm", totp="12345")
    assert (wrong.status, wrong.form_code) == (401, "OTP_INVALID")
    assert re.findall(r"<code>([A-Z2-7 ]+)</code>", wrong.text) == before
    browser.get("/security")
    assert "/remove" not in browser.page.text


def test_the_secret_is_shown_until_it_was_confirmed_and_never_after(branch: Branch) -> None:
    with_authenticator(branch)
    assert logged_in(branch).get("/security/authenticator").header("location") == "/security"


@pytest.mark.clause("7.2.1-b-2.2", "10.2.2-2.2")
def test_a_phone_is_bound_and_confirms_a_payment_without_a_code(branch: Branch, client: Client, phone: Phone) -> None:
    with_phone(branch, phone)
    assert "154****0001" in branch.messages()[-1].text
    sent, browser = len(branch.messages()), Browser(branch)
    detail = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    browser.open(client.location(detail))
    browser.log_in()
    browser.submit("/authorize/notice", boxes=("read_notice",))
    page = browser.follow().text
    (shown,) = phone.waiting()
    assert (shown["for"], shown["amount"], shown["payee_name"]) == ("payment", "100.00", "**光")
    assert f'<b class="number">{shown["number"]}</b>' in page
    pending = browser.submit("/authorize/decision", boxes=("agree",), decision="approve")
    assert (pending.status, pending.form_code) == (409, "APPROVAL_PENDING")
    phone.answer()
    browser.submit("/authorize/decision", boxes=("agree",), decision="approve")
    assert "code" in browser.answer()
    assert len(branch.messages()) == sent
    consent = branch.bank.consents.of_customer(branch.customer_id(0))[0]
    assert consent.factors == ("password", "device_key")
    assert consent.confirmed_sm3 is not None


def test_a_phone_logs_its_owner_in(branch: Branch, phone: Phone) -> None:
    with_phone(branch, phone)
    browser = at_login(branch)
    assert [each["for"] for each in phone.waiting()] == ["login"]
    assert (branch.last_record()["api_id"], branch.last_record()["customer_ref"]) == (
        "device.approvals",
        branch.customer_id(0),
    )
    assert browser.get("/approval").json == {"state": "waiting"}
    phone.answer()
    assert browser.get("/approval").json == {"state": "approve"}
    browser.get("/factor")
    browser.submit("/factor")
    assert browser.follow().status == 200


def test_what_was_declined_on_the_phone_is_shown_and_can_be_asked_again(branch: Branch, phone: Phone) -> None:
    with_phone(branch, phone)
    browser = at_login(branch)
    phone.answer("decline")
    refused = browser.submit("/factor")
    assert (refused.status, refused.form_code) == (403, "APPROVAL_DECLINED")
    choose(browser, "device_key")
    phone.answer()
    browser.submit("/factor")
    assert browser.page.status == 303


@pytest.mark.clause("10.2.2-2.2")
def test_a_security_key_confirms_a_payment_and_its_answer_no_other(branch: Branch, client: Client) -> None:
    key = with_key(branch)
    first, second = at_payment(branch, client), at_payment(branch, client)
    answer = key.get(options(first.page.text), ORIGIN)
    refused = second.submit("/authorize/decision", boxes=("agree",), security_key=answer, decision="approve")
    assert (refused.status, refused.form_code) == (409, "CONFIRMATION_MISMATCH")
    first.submit("/authorize/decision", boxes=("agree",), security_key=answer, decision="approve")
    assert "code" in first.answer()


def test_what_no_key_has_made_is_not_kept_as_one(branch: Branch) -> None:
    browser = logged_in(branch)
    browser.get("/security/key")
    refused = browser.submit("/security/key", security_key='{"rawId": "AA"}')
    assert (refused.status, refused.form_code) == (401, "SECURITY_KEY_INVALID")
    assert branch.bank.store.read("SELECT * FROM factors") == []


@pytest.mark.clause("10.2.2-2.2")
def test_a_payment_offers_no_authenticator_and_takes_none(branch: Branch, client: Client) -> None:
    secret = with_authenticator(branch)
    browser = at_payment(branch, client)
    assert 'value="totp"' not in browser.page.text
    code = code_of(secret, branch.clock.now_s())
    refused = browser.submit("/authorize/decision", boxes=("agree",), by="totp", totp=code, decision="approve")
    assert (refused.status, refused.form_code) == (403, "FACTOR_NOT_SUITED")


def test_whoever_has_set_up_nothing_is_offered_nothing_else(branch: Branch) -> None:
    browser = at_login(branch)
    assert "/choose" not in browser.page.text
    csrf = re.findall(r'name="csrf" value="(\w+)"', browser.page.text)[0]
    refused = browser.post("/choose", {"csrf": csrf, "by": "device_key"})
    assert (refused.status, refused.form_code) == (409, "FACTOR_NOT_ENROLLED")


def test_text_messages_stay_a_way_for_whoever_has_others(branch: Branch, phone: Phone) -> None:
    with_phone(branch, phone)
    browser = at_login(branch)
    assert 'name="otp"' in choose(browser, "sms_code").text
    browser.submit("/factor", otp=branch.code())
    assert browser.follow().status == 200


def test_a_removal_asks_first_and_tells_the_customer(branch: Branch, phone: Phone) -> None:
    browser = with_phone(branch, phone)
    (factor,) = branch.bank.identity.second.factors.of_customer(branch.customer_id(0))
    browser.get("/security")
    address = f"/security/{factor.factor_id}/remove"
    assert f'href="{address}"' in browser.page.text
    browser.get(address)
    assert len(branch.bank.identity.second.factors.of_customer(branch.customer_id(0))) == 1
    browser.submit(address)
    assert branch.bank.identity.second.factors.of_customer(branch.customer_id(0)) == []
    assert "removed" in branch.messages()[-1].text
    with pytest.raises(Problem, match="DEVICE_UNKNOWN"):
        phone.waiting()
    assert browser.get(address).form_code == "FACTOR_NOT_ENROLLED"


def test_scripts_run_only_where_a_phone_or_a_key_is_asked(branch: Branch, phone: Phone) -> None:
    with_phone(branch, phone)
    with_key(branch)
    browser = at_login(branch)
    for by, scripted in (("device_key", True), ("security_key", True), ("sms_code", False)):
        page = choose(browser, by)
        assert ("script-src 'self'" in page.header("content-security-policy")) == scripted
        assert ("/ebank/second_factor.js" in page.text) == scripted


@pytest.mark.parametrize(
    ("path", "body", "media_type", "code"),
    [
        ("activations", b"{}", "application/json", "PARAM_INVALID"),
        ("approvals", b"[]", "application/json", "JSON_INVALID"),
        ("approvals", b'{"device_id": "x", "at_ms": 1, "signature": "a="}', "application/json", "PARAM_INVALID"),
        ("approvals", b'{"device_id": "x", "at_ms": 1, "signature": "AA"}', "application/json", "DEVICE_UNKNOWN"),
        ("approvals", b'{"device_id": "x", "at_ms": 1, "signature": "AA"}', "text/plain", "MEDIA_TYPE_UNSUPPORTED"),
        ("decisions", b'{"device_id": "x", "decision": "yes"}', "application/json", "PARAM_INVALID"),
        (
            "decisions",
            b'{"device_id": "x", "decision": "approve", "statement": "{}", "signature": "AA"}',
            "application/json",
            "DEVICE_UNKNOWN",
        ),
    ],
)
def test_what_no_phone_has_sent_is_refused_and_recorded(
    branch: Branch, path: str, body: bytes, media_type: str, code: str
) -> None:
    headers = [("host", "bank.localhost:8441"), ("content-type", media_type)]
    answer = deliver(branch.pages, "POST", f"/device/{path}", headers, body)
    assert answer.json["code"] == code
    assert answer.header("content-type") == "application/problem+json"
    assert (branch.last_record()["code"], branch.last_record()["result"]) == (code, "failure")


def test_a_phones_name_is_plain_text(branch: Branch, phone: Phone) -> None:
    browser = logged_in(branch)
    browser.get("/security")
    code = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", browser.submit("/security/phone").text)[0]
    with pytest.raises(Problem, match="PARAM_INVALID"):
        phone.line.activate(code, "two\nlines")


def test_authenticator_and_bank_make_the_same_codes() -> None:
    secret = b"12345678901234567890"
    assert code_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59.0) == code_at(secret, 59 // STEP_S)


def test_both_languages_say_the_same_things() -> None:
    zh, en = FACTOR_WORDS["zh"], FACTOR_WORDS["en"]
    assert zh.keys() == en.keys()
    for name in zh:
        assert set(re.findall(r"{(\w+)}", zh[name])) == set(re.findall(r"{(\w+)}", en[name])), name


def test_every_word_is_used_and_every_used_word_exists() -> None:
    own = [*EBANK.glob("templates/*factor*"), *EBANK.glob("templates/security*"), EBANK / "templates/send_again.html"]
    text = "".join(each.read_text() for each in [*own, EBANK / "security.py", EBANK / "device_door.py"])
    used = {name for pair in re.findall(r'\bfw\.(\w+)|fw\["(\w+)"', text) for name in pair if name}
    composed = {name for name in FACTOR_WORDS["en"] if name.startswith(("way_", "tab_"))}
    states = {"approve", "decline", "expired"}
    assert (used - {"way_", "tab_"}) | composed | states == FACTOR_WORDS["en"].keys()
