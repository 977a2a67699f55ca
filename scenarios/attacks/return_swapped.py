"""A stranger has the victim's browser finish what the stranger began: foreign accounts in the victim's wallet."""

from __future__ import annotations

import httpx

from scenarios.attacks.wallet_refusals import refusal_shown
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.driver import HeadlessUser, TurnedAway
from user_sim.http_browser import LoopbackTransport


@scenario(
    "return-swapped",
    kind="attack",
    clauses=("9.3.1-1.1", "10.2.2-1"),
    summary_en="A link leads the victim to the wallet's callback with the code of a stranger, who hopes to be paid.",
    summary_zh="攻击者诱使受害者访问携带攻击者授权码的钱包回调地址，将攻击者账户关联至受害者会话。",
    defence=Defence("return_state", "ATK-CON-05", 400, "STATE_MISMATCH", "trust", witness="wallet"),
)
def return_swapped(stage: Stage) -> Attempt:
    """RFC 9700 section 4.7. The code and the state are the bank's and the wallet's own, and unused."""
    victim = stage.wallet_user()
    stage.attack_begins()
    way = _Held(LoopbackTransport(stage.world.authority), httpx.URL(stage.world.addresses.wallet).host)
    stranger = stage.plays(stage.stranger, transport=way)
    stranger.open_wallet(f"stranger-{stage.user.person_id}")
    stranger.link_bank()
    stage.say(Text("The victim clicks on the stranger's link", "受害者点击攻击者的链接"))
    return _followed(stage, victim, way.held[0])


def _followed(stage: Stage, victim: HeadlessUser, link: str) -> Attempt:
    page = victim.browser.open(link)
    if page.status >= 400:
        return refusal_shown(TurnedAway(page))
    endings = {number[-4:] for number in stage.numbers(stage.stranger).values()}
    shown = [each.account_masked for each in victim.see_balances() if each.account_masked[-4:] in endings]
    believed = f"the wallet's belief: {', '.join(shown)} of the stranger are the victim's" if shown else None
    return Attempt(page.status, read=believed)


class _Held(httpx.BaseTransport):
    """A browser's wire that keeps the way back to the wallet instead of taking it."""

    def __init__(self, onward: httpx.BaseTransport, host: str) -> None:
        self._onward, self._host = onward, host
        self.held: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == self._host and request.url.path == "/callback":
            self.held.append(str(request.url))
            page = "<!doctype html><html><head><title>Held</title></head><body><p>Not taken.</p></body></html>"
            return httpx.Response(200, headers={"content-type": "text/html; charset=utf-8"}, content=page.encode())
        return self._onward.handle_request(request)

    def close(self) -> None:
        self._onward.close()
