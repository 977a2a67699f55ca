"""What every page has: headers that give the browser no leeway, two languages, labels, and no word on the insides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bank_sim.ebank.data_texts import WORDS
from bank_sim.ebank.rendering import origin_of
from bank_sim.ebank.texts import TEXTS
from tests.branch import Branch, deliver
from tests.browser import Browser
from tests.client import CALLBACK, Client

EBANK = Path(__file__).parents[2] / "bank_sim/ebank"


def pages_of(branch: Branch, client: Client, language: str) -> dict[str, Any]:
    """Every page there is."""
    pages = {}
    browser = Browser(branch, language)
    pages["login"] = browser.get("/login")
    browser.log_in(0, "/login")
    pages["factor"] = browser.page
    browser.submit("/factor", otp=branch.code())
    browser.open(client.location())
    browser.log_in()
    browser.submit("/authorize/factor", otp=branch.code())
    pages["consent"] = browser.follow()
    browser.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
    pages["centre"] = browser.get("/consents")
    pages["one consent"] = browser.get(re.findall(r'href="(/consents/cns_[^"]+)"', browser.page.text)[0])
    pages["services"] = browser.get("/services")
    detail = {"type": "payment", "validity": "once", "transfer_id": branch.transfer(client.app_id)}
    browser.open(client.location(detail))
    browser.log_in()
    pages["notice"] = browser.page
    browser.submit("/authorize/notice", boxes=("read_notice",))
    pages["payment"] = browser.follow()
    pages["error"] = browser.get("/authorize")
    pages["front"] = browser.get("/")
    pages["missing"] = browser.get("/no/such/page")
    return pages


@pytest.mark.clause("9.3.2-1.2.1", "10.2.2-2.2")
def test_no_page_can_be_framed_scripted_or_kept(branch: Branch, client: Client) -> None:
    for name, page in pages_of(branch, client, "en").items():
        policy = page.header("content-security-policy")
        for directive in ("default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert directive in policy, name
        assert "unsafe" not in policy
        assert page.header("cache-control") == "no-store"
        assert page.header("cross-origin-opener-policy") == "same-origin"
        assert page.header("x-frame-options") == "DENY"
        assert page.header("referrer-policy") == "no-referrer"
        assert page.header("x-content-type-options") == "nosniff"
        for attributes, content in re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL):
            assert re.search(r' src="/(sdk|ebank)/[\w./-]+(\?v=\w+)?"', attributes), name
            assert not content, name
        assert "style=" not in page.text
        assert not re.search(r"\son\w+=", page.text)


def test_forms_lead_to_the_bank_and_back_to_the_application_only(branch: Branch, client: Client) -> None:
    pages = pages_of(branch, client, "en")
    assert pages["login"].header("content-security-policy").rpartition("; ")[2] == "form-action 'self'"
    for name in ("consent", "payment"):
        policy = pages[name].header("content-security-policy")
        assert policy.endswith("form-action 'self' https://wallet.localhost:8442")


def test_the_cookie_is_this_hosts_alone(branch: Branch, client: Client, browser: Browser) -> None:
    page = browser.get(client.location())
    cookie = page.header("set-cookie")
    assert cookie.startswith("__Host-authorize=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")[1:])
    assert "Domain" not in cookie


@pytest.mark.parametrize(("language", "lang"), [("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("en-GB", "en"), ("fr", "en")])
def test_a_page_speaks_the_browsers_language(branch: Branch, client: Client, language: str, lang: str) -> None:
    for name, page in pages_of(branch, client, language).items():
        assert f'<html lang="{lang}">' in page.text, name
        title = re.findall(r"<title>(.*?)</title>", page.text)[0]
        assert ("沙箱银行" in title) == (lang == "zh-CN")


def test_the_language_is_switched_on_the_page_and_remembered(branch: Branch, client: Client) -> None:
    browser = Browser(branch, "en")
    browser.open(client.location())
    switch = re.findall(r'class="language" href="([^"]+)" hreflang="zh-CN" lang="zh-CN">中文<', browser.page.text)
    assert browser.get(switch[0].replace("&amp;", "&")).header("location") == "/authorize/step"
    page = browser.follow().text
    assert '<html lang="zh-CN">' in page
    assert "lang=en" in page
    refused = browser.submit("/authorize/login", login_name="nobody", password="00000000").text
    assert '<html lang="zh-CN">' in refused
    assert "to=%2Fauthorize%2Fstep" in refused


def test_an_application_goes_by_its_chinese_name_on_chinese_pages(branch: Branch) -> None:
    client = Client(branch, name="Lumen", name_zh="微光")
    pages = {language: Browser(branch, language).open(client.location()).text for language in ("zh-CN", "en")}
    assert ("微光" in pages["zh-CN"], "Lumen" in pages["zh-CN"]) == (True, False)
    assert ("微光" in pages["en"], "Lumen" in pages["en"]) == (False, True)


def test_every_interface_that_a_user_can_allow_is_put_into_words(branch: Branch) -> None:
    allowed = {each.api_id for each in branch.bank.catalogue if each.consent_types}
    assert WORDS["zh"].keys() == WORDS["en"].keys() == allowed


def test_both_languages_say_the_same_things() -> None:
    zh, en = TEXTS["zh"], TEXTS["en"]
    assert zh.keys() == en.keys()
    for name in zh:
        assert set(re.findall(r"{(\w+)}", zh[name])) == set(re.findall(r"{(\w+)}", en[name])), name


# Texts that a page chooses by a word of the facts: a state, a step, a period.
_BY_FACT = ("state_", "kind_", "step_", "nav_", "actor_", "per_", "used_", "withdraw_", "held_")


def test_every_text_is_used_and_every_used_text_exists() -> None:
    sources = [*EBANK.glob("*.py"), *EBANK.glob("templates/*.html")]
    text = "".join(each.read_text() for each in sources if each.name != "texts.py")
    used = set(re.findall(r'\bt\.(\w+)|words\["(\w+)"', text))
    named = {name for pair in used for name in pair if name}
    spoken = {"once", "period", "agreement", "sms_services_closed", "sms_services_reopened"}
    assert named <= TEXTS["en"].keys()
    by_state = {name for name in TEXTS["en"] if name.startswith(_BY_FACT)}
    assert TEXTS["en"].keys() - named == (spoken | by_state) - named


def test_every_field_has_a_label(branch: Branch, client: Client) -> None:
    for name, page in pages_of(branch, client, "en").items():
        for field in re.findall(r"<input[^>]*>", page.text):
            if 'type="hidden"' in field:
                continue
            identity = re.findall(r'id="(\w+)"', field)
            within = re.search(rf'<label class="tick">{re.escape(field)}', page.text)
            assert within or f'<label for="{identity[0]}">' in page.text, (name, field)


def test_an_applications_name_is_text_and_never_markup(branch: Branch) -> None:
    client = Client(branch, name='<b onclick="x">Evil</b>')
    browser = Browser(branch)
    browser.open(client.location())
    assert "<b onclick" not in browser.page.text
    assert "&lt;b onclick" in browser.page.text


@pytest.mark.clause("7.1-7")
def test_an_error_page_says_code_and_trace_and_nothing_of_the_insides(branch: Branch, browser: Browser) -> None:
    page = browser.get("/authorize?client_id=%00%27&request_uri=..%2F")
    assert page.form_code == "invalid_request"
    assert branch.last_record()["trace_id"] in page.text
    for word in ("Traceback", "sqlite", "flask", "werkzeug", "python", "bank_sim"):
        assert word not in page.text.lower()


def test_a_defect_is_opaque_outside_and_recorded_inside(
    branch: Branch, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(branch.bank.identity.sessions), "open", lambda *_: 1 / 0)
    page = browser.get("/login")
    assert (page.status, page.form_code) == (500, "INTERNAL_ERROR")
    assert "division" not in page.text
    assert branch.last_record()["code"] == "INTERNAL_ERROR"


def test_the_style_sheet_is_served_and_small(branch: Branch, browser: Browser) -> None:
    sheet = browser.get("/ebank/ebank.css")
    assert sheet.status == 200
    assert sheet.header("content-type").startswith("text/css")
    assert len(sheet.body) < 8_000


def test_a_page_answers_only_the_methods_it_has(browser: Browser) -> None:
    assert browser.post("/consents", {}).status == 405
    assert browser.get("/authorize/decision").status == 405


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://wallet.localhost:8442/callback?a=1", "https://wallet.localhost:8442"),
        ("http://127.0.0.1/callback", "http://127.0.0.1"),
        ("http://[::1]:8442/callback", "http://[::1]:8442"),
        ("https://evil.localhost;script-src *", ""),
        ("https://evil.localhost;script-src/callback", ""),
        ("https://evil.localhost,default-src/callback", ""),
        ("https://*/callback", ""),
        ("https://evil.localhost 'unsafe-inline'/callback", ""),
        ("https://a@evil.localhost/callback", ""),
        ("https://evil.localhost:8442x/callback", ""),
        ("app://callback", ""),
    ],
)
def test_an_origin_in_a_policy_holds_only_what_an_origin_is_made_of(uri: str, origin: str) -> None:
    assert origin_of(uri) == origin


def test_forms_of_an_authorization_may_lead_to_the_bank_and_its_application(branch: Branch, client: Client) -> None:
    browser = Browser(branch)
    policies = [browser.get("/login").header("content-security-policy")]
    policies.append(browser.open(client.location()).header("content-security-policy"))
    allowed = [policy.partition(" form-action ")[2] for policy in policies]
    assert allowed == ["'self'", f"'self' {origin_of(CALLBACK)}"]


def test_a_form_of_a_thousand_parts_is_refused_and_no_defect(branch: Branch, browser: Browser) -> None:
    browser.get("/login")
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = [
        ("Host", "bank.localhost:8441"),
        ("Content-Type", "multipart/form-data; boundary=b"),
        ("User-Agent", browser.agent),
        ("Cookie", cookies),
    ]
    reply = deliver(branch.pages, "POST", "/login", headers, part * 1001 + b"--b--\r\n")
    assert (reply.status, reply.form_code) == (400, "MALFORMED_HTTP")
    assert branch.records()[-1]["code"] == "MALFORMED_HTTP"
