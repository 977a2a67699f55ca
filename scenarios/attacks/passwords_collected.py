"""An application shows a login form of its own, and uses the passwords and codes that its users type there."""

from __future__ import annotations

from urllib.parse import parse_qs

from bank_sim.sdk.protocol.problems import Problem
from scenarios.attacks.code_guessed import password_typed
from scenarios.attacks.code_of_another_session import balance_by_code
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text
from user_sim.browser import Page

TRIES = 3


@scenario(
    "passwords-collected",
    kind="attack",
    clauses=("7.2.1-b-2.1", "9.3.1-1.1"),
    summary_en="An application collects passwords on its own form, asks for tokens with them, then walks the bank's"
    " pages in its users' names.",
    summary_zh="应用自建登录表单收集用户密码，先以密码换取令牌，再冒充用户操作银行页面。",
    defence=Defence("credential_relay", "ATK-USR-05", 400, "unsupported_grant_type", "data", alarm="CREDENTIAL_RELAY"),
)
def passwords_collected(stage: Stage) -> Attempt:
    """The users trust the shop and tell it everything, the code from the bank's message too."""
    shop = stage.partner("shop")
    stage.attack_begins()
    refusals = [_password_grant(stage, shop) for _ in range(TRIES)]
    stage.advance(1)
    shop.follow_clock()
    stage.say(Text("The application's server walks the bank's pages instead", "应用服务器转而自行操作银行页面"))
    try:
        asked = shop.ask_for_accounts()
    except Problem as problem:
        suspended = Text("the application is suspended, with an incident open", "应用已被暂停，并已立案调查")
        stage.require(problem.code == "APP_SUSPENDED", suspended, problem.code)
        return refused(refusals[-1])
    page = _walked(stage, shop, asked.url)
    return balance_by_code(shop, parse_qs(page.location.query)["code"][0], asked.pkce)


def _password_grant(stage: Stage, shop: Partner) -> Problem:
    """RFC 6749 section 4.3, which RFC 9700 section 2.4 forbids."""
    user = stage.user
    try:
        shop.client.oauth.post("token", grant_type="password", username=user.login_name, password=user.password)
    except Problem as problem:
        return problem
    raise AssertionError("the bank has given tokens for a password")


def _walked(stage: Stage, shop: Partner, url: str) -> Page:
    """What the server sends to the bank's pages in the user's name, and the code that the user typed at the shop."""
    phone = stage.plays(stage.user).phone
    phone.put_aside()
    server = stage.customer_of(shop, stage.user).browser
    asked = password_typed(stage, server, url).form_with("otp")
    assert asked is not None
    form = server.submit(asked, {"otp": phone.wait_for_code().code}).form_with("account", "agree")
    assert form is not None
    accounts = [each.value for each in form.offered("account")]
    return server.submit(form, {"account": accounts, "agree": "yes"}, form.button("decision", "approve"))
