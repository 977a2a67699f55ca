"""Somebody with a stolen password has code after code sent, until the customer's phone is of no use."""

from __future__ import annotations

from scenarios.attacks.code_guessed import password_typed
from scenarios.attacks.stolen_login import alert_code
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.forms import Control, Form

TIMES = 15
_ARRIVED = Text("the phone has them all", "手机已收到全部短信")


@scenario(
    "phone-flooded",
    kind="attack",
    clauses=("7.2.1-b-2.2",),
    summary_en="With a stolen password a code is asked for fifteen times in a row; the phone would get them all.",
    summary_zh="攻击者持有被盗口令，连续索取验证码十五次，意图轰炸用户手机。",
    defence=Defence("code_interval", "ATK-USR-02", 429, "OTP_TOO_FREQUENT", "service", alarm="CODES_GUESSED"),
)
def phone_flooded(stage: Stage) -> Attempt:
    """The form that has a code sent again is made by hand: the page offers it only when it is due."""
    rival = stage.partner("rival")
    consent, victim = rival.ask_for_accounts(), stage.plays(stage.user)
    browser = stage.customer_of(rival, stage.user).browser
    page = password_typed(stage, browser, consent.url)
    victim.phone.wait_for_code()
    asked = page.form_with("csrf")
    assert asked is not None
    csrf = next(each for each in asked.controls if each.name == "csrf")
    stage.attack_begins()
    for _ in range(TIMES):
        form = Form("/authorize/code", "POST", [csrf, Control("hidden", "by", "sms_code")])
        page = browser.submit(form, {})
    if page.status >= 400:
        return Attempt(page.status, alert_code(page))
    stage.eventually(lambda: len(victim.phone.messages()) > TIMES, _ARRIVED)
    return Attempt(page.status, read=f"a usable phone: {len(victim.phone.messages())} messages with codes on it")
