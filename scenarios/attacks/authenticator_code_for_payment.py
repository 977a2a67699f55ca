"""A fraudster talks the user out of an authenticator's code "to log in", and confirms a payment with it."""

from __future__ import annotations

from scenarios.attacks.stolen_login import alert_code
from scenarios.partner import Flow, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from user_sim.browser import Browser, Page
from user_sim.forms import Control, Form
from user_sim.second_factors import add_authenticator

AMOUNT, STEP_S = "5000.00", 30


@scenario(
    "authenticator-code-for-payment",
    kind="attack",
    clauses=("10.2.2-2.2", "7.2.1-b-1"),
    summary_en="A code phished for a login is spent on a payment; it shows neither payee nor amount.",
    summary_zh="以登录为名骗取的动态口令被用于确认付款，口令本身不显示收款人和金额。",
    defence=Defence("totp_purpose", "ATK-USR-12", 403, "FACTOR_NOT_SUITED", "money"),
)
def authenticator_code_for_payment(stage: Stage) -> Attempt:
    """The shop may order transfers; whoever works there has the password and phones the user for one code."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    add_authenticator(user)
    stage.world.control.advance(STEP_S)
    token = shop.linked(user)
    stage.world.control.advance(STEP_S)
    payer = shop.paying_account(token)
    fraudster = stage.numbers(stage.stranger)["I"]
    order = shop.order_transfer(token, payer, AMOUNT, fraudster, stage.stranger.name)
    told = user.phone.code_shown()
    stage.attack_begins()
    payment = shop.ask_for_payment(order.data["transfer_id"])
    page = _confirm(stage, shop, payment, told)
    if page.location.host != shop.host:
        return Attempt(page.status, alert_code(page))
    token = shop.tokens(payment, page.location.query).access_token
    return Attempt(shop.execute_transfer(token, order.data["transfer_id"], AMOUNT).status)


def _confirm(stage: Stage, shop: Partner, payment: Flow, told: str) -> Page:
    """Log in as the user, mark the notice as read, and send the form with a factor that its page does not offer."""
    browser: Browser = stage.customer_of(shop, stage.user).browser
    login = browser.open(payment.url).form_with("login_name")
    assert login is not None
    page = browser.submit(login, {"login_name": stage.user.login_name, "password": stage.user.password})
    notice = page.form_with("read_notice")
    assert notice is not None
    page = browser.submit(notice, {"read_notice": notice.offered("read_notice")[0].value})
    asked = page.form_with("csrf", "decision")
    assert asked is not None
    csrf = next(each for each in asked.controls if each.name == "csrf")
    typed = {"by": "totp", "totp": told, "agree": "yes", "decision": "approve"}
    forged = [Control("hidden", name, value) for name, value in typed.items()]
    return browser.submit(Form("/authorize/decision", "POST", [csrf, *forged]), {})
