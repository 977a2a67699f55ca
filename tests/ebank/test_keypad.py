"""The login page shows a keypad and takes what it seals: once, from this session, and no worse than a plain field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bank_sim.sdk import browser as published
from scenarios.frame import Frame
from tests.bank_in_process import PEOPLE
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client

NAME, PASSWORD = PEOPLE[0].login_name, PEOPLE[0].password


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not this machine has built the keypad's scripts: what they are is not looked at here."""
    folder = tmp_path / "published"
    (folder / "built").mkdir(parents=True)
    for suite in ("gm", "intl"):
        (folder / f"built/keypad-{suite}.js").write_text("// a script")
    monkeypatch.setattr(published, "FOLDER", folder)
    published.version.cache_clear()


def at_login(branch: Branch, source: str = "127.0.0.1") -> Browser:
    browser = Browser(branch, source=source)
    browser.get("/login")
    return browser


def sealed(browser: Browser, digits: str = PASSWORD) -> str:
    return Frame.read(browser.page.text).sealed(digits)


@pytest.mark.clause("7.2.2-3.1.1")
def test_a_sealed_password_logs_in_and_the_clear_one_is_nowhere_in_the_form(branch: Branch) -> None:
    browser = at_login(branch)
    entry = sealed(browser)
    assert PASSWORD not in entry
    browser.submit("/login", login_name=NAME, sealed=entry, password="")
    assert browser.page.status == 303
    assert branch.last_record()["customer_ref"] == branch.customer_id(0)


def test_an_authorization_takes_a_sealed_password_too(branch: Branch, client: Client) -> None:
    browser = Browser(branch)
    browser.open(client.location())
    assert Frame.read(browser.page.text).app_id == client.app_id
    browser.submit("/authorize/login", login_name=NAME, sealed=sealed(browser), password="")
    assert "otp" in browser.follow().text


@pytest.mark.clause("7.2.2-3.1.1")
def test_no_digit_of_the_page_belongs_to_a_key(branch: Branch) -> None:
    page = at_login(branch).page.text
    keys = re.findall(r"<button[^>]*data-keypad-key[^>]*>.*?</button>", page, re.DOTALL)
    assert len(keys) == 10
    assert not re.search(r"\d", "".join(keys))
    assert len(set(re.findall(r'aria-label="([^"]+)"', "".join(keys)))) == 10


def test_the_picture_is_shown_to_whoever_has_the_page_and_kept_by_nobody(branch: Branch) -> None:
    browser = at_login(branch)
    picture = browser.get(f"/keypad/{Frame.read(browser.page.text).token}")
    assert picture.header("content-type") == "image/svg+xml; charset=utf-8"
    assert picture.header("cache-control") == "no-store"
    assert "default-src 'none'" in picture.header("content-security-policy")
    refused = browser.get("/keypad/nonsense")
    assert (refused.status, refused.form_code) == (409, "KEYPAD_INVALID")


@pytest.mark.clause("7.2.2-3.1.1", "7.3.2-1")
def test_a_recorded_login_cannot_be_sent_again(branch: Branch) -> None:
    browser = at_login(branch)
    entry = sealed(browser, "00000000")
    for code in ("LOGIN_FAILED", "KEYPAD_INVALID"):
        browser.submit("/login", login_name=NAME, sealed=entry, password="")
        assert browser.page.form_code == code
    assert sealed(browser) != entry
    browser.submit("/login", login_name=NAME, sealed=sealed(browser), password="")
    assert browser.page.status == 303


def test_what_was_sealed_in_one_session_is_worth_nothing_in_another_and_costs_no_try(branch: Branch) -> None:
    entry = sealed(at_login(branch))
    thief = at_login(branch, source="192.0.2.7")
    for _ in range(6):
        thief.submit("/login", login_name=NAME, sealed=entry, password="")
        assert (thief.page.status, thief.page.form_code) == (409, "KEYPAD_INVALID")
    thief.submit("/login", login_name=NAME, password=PASSWORD)
    assert thief.page.status == 303


def test_the_page_takes_its_own_script_only_and_only_where_there_is_a_keypad(branch: Branch) -> None:
    browser = at_login(branch)
    assert "script-src 'self'" in browser.page.header("content-security-policy")
    assert re.findall(r'<script[^>]* src="(/sdk/built/[\w-]+\.js)', browser.page.text)[0] == "/sdk/built/keypad-gm.js"


@pytest.mark.parametrize("reason", ["chosen", "not built"])
def test_a_plain_field_remains_and_says_what_protects_it(branch: Branch, reason: str) -> None:
    if reason == "not built":
        (published.FOLDER / "built/keypad-gm.js").unlink()
    browser = Browser(branch)
    browser.get("/login?keypad=off" if reason == "chosen" else "/login")
    assert "data-keypad" not in browser.page.text
    assert "TLS alone" in browser.page.text
    browser.submit("/login", login_name=NAME, password=PASSWORD)
    assert browser.page.status == 303


def test_without_script_the_page_says_so_beside_a_plain_field(branch: Branch) -> None:
    page = at_login(branch).page.text
    without = "".join(re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL))
    assert 'name="password"' in without
    assert "TLS alone" in without
    assert 'name="password"' not in re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
