"""A list of leaked passwords is tried on one customer, and its other lines on names that the bank does not know."""

from __future__ import annotations

from contextlib import closing

from scenarios.attacks.stolen_login import alert_code
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.browser import Page
from user_sim.http_browser import HttpBrowser, LoopbackTransport

STRANGERS, WRONG = 10, 5


@scenario(
    "password-list-tried",
    kind="attack",
    clauses=("7.2.1-b-1", "9.3.1-1.1", "10.1.2-1.2.1"),
    summary_en="Leaked pairs are tried on many login names, each from another address; one customer's right password is"
    " the sixth of theirs.",
    summary_zh="攻击者用泄露的账号口令从多个地址批量撞库；某位客户的正确口令排在第六条。",
    defence=Defence("login_tries", "ATK-USR-01", 429, "LOGIN_LOCKED", "data", alarm="CREDENTIAL_STUFFING"),
)
def password_list_tried(stage: Stage) -> Attempt:
    """A script without the phone: what it can win is which password is right, and what the next page tells."""
    script = _Script(stage)
    stage.attack_begins()
    unknown = [script.tries(f"nobody{number:02}", "20481632") for number in range(STRANGERS)]
    known = [script.tries(stage.user.login_name, f"{number:08}") for number in range(WRONG)]
    said = {_alert(page) for page in [*unknown, *known]}
    alike = Text(
        "a wrong password and an unknown name are told in the same words", "口令错误与账号不存在的提示完全一致"
    )
    stage.require(len(said) == 1 and {page.status for page in [*unknown, *known]} == {401}, alike, said)
    stage.say(Text("The sixth password of the list is the right one", "列表中的第六个口令是正确的"))
    page = script.tries(stage.user.login_name, stage.user.password)
    if page.status == 200:
        told = next(line for line in page.document.lines if "*" in line)
        return Attempt(200, read=f"that the password is right, and from the next page: {told}")
    warned = stage.plays(stage.user).phone.wait_for_message("登录失败次数过多")
    stage.require(bool(warned), Text("the customer is told by a message", "客户收到锁定短信"))
    return Attempt(page.status, alert_code(page))


class _Script:
    """Runs on machines all over the world: each line of the list is tried from another address.

    All of them are of the loopback network. Where 127.0.0.1 alone is configured, as on macOS, the others are to be
    added first (``ifconfig lo0 alias 127.8.0.1``).
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._addresses = (f"127.8.0.{number}" for number in range(1, 255))

    def tries(self, login_name: str, password: str) -> Page:
        """One line of the list on a fresh login page."""
        wire = LoopbackTransport(self._stage.world.authority, next(self._addresses))
        with closing(HttpBrowser(wire, self._stage.languages, self._stage.on_visit)) as browser:
            form = browser.open(f"{self._stage.world.addresses.pages}/login").form_with("login_name", "password")
            assert form is not None
            return browser.submit(form, {"login_name": login_name, "password": password})


def _alert(page: Page) -> tuple[str, ...]:
    """What the page says, but for what was typed."""
    return tuple(page.document.lines)
