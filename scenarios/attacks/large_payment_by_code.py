"""A fraudster has the user read a code from a text message aloud, and confirms a large payment with it."""

from __future__ import annotations

from scenarios.attacks.stolen_login import alert_code
from scenarios.partner import Flow, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from user_sim.browser import Page
from user_sim.driver import HeadlessUser
from user_sim.forms import Control, Form

AMOUNT, BETWEEN_CODES_S = "10000.01", 61


@scenario(
    "large-payment-by-code",
    kind="attack",
    clauses=("10.2.3-3.2", "10.2.2-2.2"),
    summary_en="A code by text message is talked out of the user and posted for a large first payment, on a form that"
    " the page does not offer.",
    summary_zh="骗取用户的短信验证码，伪造页面未提供的表单，用来确认首次大额付款。",
    defence=Defence("step_up", "ATK-USR-15", 403, "STEP_UP_REQUIRED", "money"),
)
def large_payment_by_code(stage: Stage) -> Attempt:
    """The shop may order transfers; whoever works there has the password, and the user on the telephone."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    stage.advance(BETWEEN_CODES_S)
    shop.follow_clock()
    fraudster = stage.numbers(stage.stranger)["I"]
    order = shop.order_transfer(token, shop.paying_account(token), AMOUNT, fraudster, stage.stranger.name)
    stage.attack_begins()
    payment = shop.ask_for_payment(order.data["transfer_id"])
    page = _confirm(stage, shop, user, payment)
    if page.location.host != shop.host:
        return Attempt(page.status, alert_code(page))
    token = shop.tokens(payment, page.location.query).access_token
    return Attempt(shop.execute_transfer(token, order.data["transfer_id"], AMOUNT).status)


def _confirm(stage: Stage, shop: Partner, user: HeadlessUser, payment: Flow) -> Page:
    """Log in as the user, have a code sent, ask the user for it, and send it with a form made by hand."""
    browser = stage.customer_of(shop, stage.user).browser
    login = browser.open(payment.url).form_with("login_name")
    assert login is not None
    page = browser.submit(login, {"login_name": stage.user.login_name, "password": stage.user.password})
    notice = page.form_with("read_notice")
    assert notice is not None
    page = browser.submit(notice, {"read_notice": notice.offered("read_notice")[0].value})

    def send(path: str, **typed: str) -> Page:
        asked = page.form_with("csrf", "decision")
        assert asked is not None
        csrf = next(each for each in asked.controls if each.name == "csrf")
        forged = [Control("hidden", name, value) for name, value in typed.items()]
        return browser.submit(Form(path, "POST", [csrf, *forged]), {})

    if not any(form.has("otp") for form in page.document.forms):
        send("/authorize/code", by="sms_code")
    told = user.phone.wait_for_code().code
    return send("/authorize/decision", by="sms_code", otp=told, agree="yes", decision="approve")
