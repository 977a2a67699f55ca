"""Three ways into a customer's session at the bank: planted before login, copied after it, left behind at a desk.

None of the thieves knows a password. What each would win is what the customer's own pages show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.attacks.stolen_login import alert_code
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.http_browser import AGENT, HttpBrowser, LoopbackTransport
from user_sim.origins import Location, locate

if TYPE_CHECKING:
    from user_sim.browser import Page

IDLE_S, OTHERS = 600, "Mozilla/5.0 (a thief's browser)"


@scenario(
    "session-planted",
    kind="attack",
    clauses=("9.3.1-3.1",),
    summary_en="On a shared computer a thief opens the login page, notes its cookie and waits for a customer.",
    summary_zh="攻击者在公用电脑上打开登录页并记下会话标识，等候客户登录后冒用。",
    defence=Defence("session_rotation", "ATK-USR-06", 401, "SESSION_EXPIRED", "data"),
)
def session_planted(stage: Stage) -> Attempt:
    """The thief's own browser says of itself what the shared computer's says."""
    shared = _browser(stage)
    bank = stage.world.addresses.pages
    page = shared.open(f"{bank}/login")
    noted = _cookies(shared, page.location)
    _log_in(stage, shared, page)
    stage.attack_begins()
    return _entered(stage, noted)


@scenario(
    "session-copied",
    kind="attack",
    clauses=("9.3.1-3.1", "9.3.1-3.2"),
    summary_en="A program in the customer's browser copies the session's cookie to a thief on another machine.",
    summary_zh="客户浏览器中的恶意程序将会话Cookie传给另一台设备上的攻击者。",
    defence=Defence("session_device", "ATK-USR-06", 401, "SESSION_EXPIRED", "data", alarm="SESSION_ANOMALY"),
)
def session_copied(stage: Stage) -> Attempt:
    """Cookies are all that such programs collect and sell."""
    owners = _browser(stage)
    page = _log_in(stage, owners, owners.open(f"{stage.world.addresses.pages}/login"))
    stage.attack_begins()
    attempt = _entered(stage, _cookies(owners, page.location), OTHERS)
    if attempt.read is None:
        again = owners.open(f"{stage.world.addresses.pages}/security")
        ended = Text("the session is ended for its owner too, who logs in anew", "原会话同时终止，客户须重新登录")
        stage.require(again.status == 401, ended, again.status)
    return attempt


@scenario(
    "session-left-behind",
    kind="attack",
    clauses=("9.3.1-3.2",),
    summary_en="A customer leaves a library's computer without logging out; somebody sits down there later.",
    summary_zh="客户未退出登录便离开图书馆电脑，十分钟后他人坐下使用。",
    defence=Defence("session_idle", "ATK-USR-06", 401, "SESSION_EXPIRED", "data"),
)
def session_left_behind(stage: Stage) -> Attempt:
    """The same browser with the same cookie; nothing was stolen."""
    library = _browser(stage)
    _log_in(stage, library, library.open(f"{stage.world.addresses.pages}/login"))
    stage.advance(IDLE_S)
    stage.attack_begins()
    return _seen(library.open(f"{stage.world.addresses.pages}/security"))


def _browser(stage: Stage, agent: str = AGENT) -> HttpBrowser:
    browser = HttpBrowser(LoopbackTransport(stage.world.authority), stage.languages, stage.on_visit, agent)
    stage.closing.callback(browser.close)
    return browser


def _log_in(stage: Stage, browser: HttpBrowser, page: Page) -> Page:
    """The customer types password and code into the login page that is open there."""
    phone = stage.plays(stage.user).phone
    phone.put_aside()
    form = page.form_with("login_name", "password")
    assert form is not None
    page = browser.submit(form, {"login_name": stage.user.login_name, "password": stage.user.password})
    form = page.form_with("otp")
    assert form is not None
    page = browser.submit(form, {"otp": phone.wait_for_code().code})
    inside = Text("the customer is logged in", "客户已登录")
    stage.require(page.location.path == "/consents" and page.status == 200, inside, page.location.path)
    return page


def _cookies(browser: HttpBrowser, at: Location) -> list[str]:
    """The cookies that a browser keeps for the bank, as its developer tools show them."""
    return (browser.cookies.header(at, "GET", None) or "").split("; ")


def _entered(stage: Stage, cookies: list[str], agent: str = AGENT) -> Attempt:
    """What somebody with these cookies sees."""
    bank = stage.world.addresses.pages
    thief = _browser(stage, agent)
    thief.cookies.keep(locate(bank), [f"{each}; Path=/; Secure" for each in cookies])
    return _seen(thief.open(f"{bank}/security"))


def _seen(page: Page) -> Attempt:
    if page.status != 200:
        return Attempt(page.status, alert_code(page))
    shown = next((line for line in page.document.lines if "****" in line), page.document.title)
    return Attempt(200, read=f"the customer's own pages: {shown}")
