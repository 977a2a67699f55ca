"""A game on a forgotten subdomain of the bank lies over the bank's consent page, and has the user click through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from scenarios.attacks.stolen_login import balance_read
from scenarios.partner import Flow, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.browser import NavigationBlocked
from user_sim.http_browser import HttpBrowser, LoopbackTransport
from user_sim.origins import locate

if TYPE_CHECKING:
    from user_sim.browser import Page

_SUBDOMAIN = "offers"


@scenario(
    "consent-page-framed",
    kind="attack",
    clauses=("9.3.2-1.2.1", "10.2.2-2.2"),
    summary_en="A game lies over the bank's consent page in a transparent frame; users think they click at the game.",
    summary_zh="攻击者将银行授权页以透明框架置于小游戏之下，诱导用户误点同意。",
    defence=Defence("framing", "ATK-CON-10", 204, "FRAMING_BLOCKED", "data"),
)
def consent_page_framed(stage: Stage) -> Attempt:
    """The user has proved themselves to the bank for a raffle's request, read what it wants, and left without a word.

    The subdomain is the bank's own and forgotten, and belongs to the raffle now: so cookies bound to the bank's site go
    into its frames as well.
    """
    raffle = stage.partner("raffle")
    bank = locate(stage.world.addresses.pages)
    game = f"https://{_SUBDOMAIN}.{bank.host}:{bank.port}/"
    transport = _Game(raffle.callback_page(LoopbackTransport(stage.world.authority)), locate(game).host)
    user = stage.plays(stage.user, transport=transport)
    browser = user.browser
    assert isinstance(browser, HttpBrowser)
    consent = raffle.ask_for_accounts()
    page = _as_far_as_the_question(stage, browser, consent)
    ticked = [each.name for form in page.document.forms for each in form.controls if each.checked]
    stage.require(not ticked, Text("nothing is ticked in advance", "页面无预先勾选"), ticked)
    stage.attack_begins()
    browser.open(game)
    try:
        framed = browser.show_in_frame(f"{stage.world.addresses.pages}/authorize/step")
    except NavigationBlocked:
        given = [each["app_id"] for each in stage.bank.consents(stage.user.login_name)]
        stage.require(not given, Text("no consent was given", "未产生任何授权"), given)
        return Attempt(204, "FRAMING_BLOCKED")
    stage.say(Text("The user clicks where the game tells them to", "用户按游戏提示点击"))
    return _clicked_through(raffle, consent, browser, framed)


def _as_far_as_the_question(stage: Stage, browser: HttpBrowser, consent: Flow) -> Page:
    phone = stage.plays(stage.user).phone
    phone.put_aside()
    login = browser.open(consent.url).form_with("login_name", "password")
    assert login is not None
    page = browser.submit(login, {"login_name": stage.user.login_name, "password": stage.user.password})
    asked = page.form_with("otp")
    assert asked is not None
    return browser.submit(asked, {"otp": phone.wait_for_code().code})


def _clicked_through(raffle: Partner, consent: Flow, browser: HttpBrowser, framed: Page) -> Attempt:
    form = framed.form_with("account", "agree")
    assert form is not None, "the frame shows no consent page"
    accounts = [each.value for each in form.offered("account")]
    page = browser.submit(form, {"account": accounts, "agree": "yes"}, form.button("decision", "approve"))
    return balance_read(raffle, consent, page)


class _Game(httpx.BaseTransport):
    """The web server at the forgotten subdomain; everything else goes where it should."""

    def __init__(self, onward: httpx.BaseTransport, host: str) -> None:
        self._onward, self._host = onward, host

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != self._host:
            return self._onward.handle_request(request)
        page = "<!doctype html><html><head><title>Catch the coin</title></head><body><p>Click fast!</p></body></html>"
        return httpx.Response(200, headers={"content-type": "text/html; charset=utf-8"}, content=page.encode())

    def close(self) -> None:
        self._onward.close()
