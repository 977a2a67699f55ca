"""A thief with a stolen password, and without the phone, sends the consent form before the code was asked for."""

from __future__ import annotations

import re

from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.partner import Flow, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from user_sim.browser import Browser, Page
from user_sim.forms import Control, Form

_CODE = re.compile(r"\b[A-Z][A-Z_]{5,}\b")


@scenario(
    "second-factor-skipped",
    kind="attack",
    clauses=("7.2.1-b-2.2", "7.2.1-b-1", "10.2.2-1"),
    summary_en="With a stolen password alone, the thief leaves the code out and posts the consent form straight away.",
    summary_zh="攻击者仅持被盗密码，跳过验证码步骤，直接提交授权表单。",
    defence=Defence("second_factor", "ATK-USR-08", 401, "SECOND_FACTOR_REQUIRED", "data"),
)
def second_factor_skipped(stage: Stage) -> Attempt:
    """The thief runs an application of their own and starts the authorization for the victim's accounts."""
    rival = stage.partner("rival")
    browser = stage.customer_of(rival, stage.user).browser
    consent = rival.ask_for_accounts()
    login = browser.open(consent.url).form_with("login_name", "password")
    assert login is not None
    page = browser.submit(login, {"login_name": stage.user.login_name, "password": stage.user.password})
    stage.attack_begins()
    page = _approve(browser, page)
    if page.location.host != rival.host:
        return Attempt(page.status, next((word for word in _CODE.findall(page.text) if word in CATALOGUE), None))
    return _read(rival, consent, page)


def _approve(browser: Browser, page: Page) -> Page:
    """The consent form as the bank offers it, or one made by hand from the token of the page that asks for the code."""
    offered = page.form_with("account", "agree")
    if offered is not None:
        accounts = [each.value for each in offered.offered("account")]
        return browser.submit(offered, {"account": accounts, "agree": "yes"}, offered.button("decision", "approve"))
    asked = page.form_with("csrf")
    assert asked is not None
    csrf = next(each for each in asked.controls if each.name == "csrf")
    forged = [Control("hidden", name, value) for name, value in (("decision", "approve"), ("agree", "yes"))]
    return browser.submit(Form("/authorize/decision", "POST", [csrf, *forged]), {})


def _read(rival: Partner, consent: Flow, page: Page) -> Attempt:
    token = rival.tokens(consent, page.location.query).access_token
    account = rival.accounts(token)[0]
    balance = rival.balance(token, account["account_ref"])
    return Attempt(200, read=f"the balance of {account['account_masked']}: {balance}")
