"""A thief with a stolen password, and without the phone, guesses the code of the text message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.attacks.stolen_login import alert_code, balance_read
from scenarios.partner import Flow, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from user_sim.browser import Browser, Page

WRONG = 5


@scenario(
    "code-guessed",
    kind="attack",
    clauses=("7.2.1-b-2.2",),
    summary_en="With the password stolen, the code of the text message is guessed; the sixth guess would be right.",
    summary_zh="攻击者持有被盗口令，连续猜测短信验证码；第六次本可猜中。",
    defence=Defence("code_tries", "ATK-USR-02", 429, "OTP_LOCKED", "data", alarm="CODES_GUESSED"),
)
def code_guessed(stage: Stage) -> Attempt:
    """A million guesses would find the code for certain. The play shortens them: the sixth is what the phone shows."""
    rival = stage.partner("rival")
    consent, victim = rival.ask_for_accounts(), stage.plays(stage.user)
    victim.phone.put_aside()
    browser = stage.customer_of(rival, stage.user).browser
    page = password_typed(stage, browser, consent.url)
    code = victim.phone.wait_for_code().code
    stage.attack_begins()
    for number in range(WRONG):
        page = _guess(browser, page, f"{(int(code) + 1 + number) % 10**6:06}")
        expected = f"{WRONG - 1 - number}"
        told = number == WRONG - 1 or expected in page.text
        stage.require(told, Text(f"told: {expected} tries left", f"提示剩余{expected}次"), page.text[:200])
    stage.say(Text("The guess that is right", "猜中的一次"))
    page = _guess(browser, page, code)
    if page.status >= 400:
        return Attempt(page.status, alert_code(page))
    return _consented(rival, consent, browser, page)


def password_typed(stage: Stage, browser: Browser, url: str) -> Page:
    """Log in with the stolen password; the page that asks for the code."""
    login = browser.open(url).form_with("login_name", "password")
    assert login is not None
    return browser.submit(login, {"login_name": stage.user.login_name, "password": stage.user.password})


def _guess(browser: Browser, page: Page, code: str) -> Page:
    form = page.form_with("otp")
    assert form is not None, "the bank's page asks for no code"
    return browser.submit(form, {"otp": code})


def _consented(rival: Partner, consent: Flow, browser: Browser, page: Page) -> Attempt:
    form = page.form_with("account", "agree")
    assert form is not None
    accounts = [each.value for each in form.offered("account")]
    page = browser.submit(form, {"account": accounts, "agree": "yes"}, form.button("decision", "approve"))
    return balance_read(rival, consent, page)
