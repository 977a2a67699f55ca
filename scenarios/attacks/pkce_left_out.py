"""An application asks without PKCE, and a stolen code fits into everybody's session there."""

from __future__ import annotations

from urllib.parse import parse_qs

from bank_sim.sdk.protocol.problems import Problem
from scenarios.attacks.code_of_another_session import balance_by_code
from scenarios.partner import Flow, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_PLAIN = {"code_challenge": "p" * 43, "code_challenge_method": "plain"}
_TRIES: tuple[dict[str, str], ...] = (_PLAIN, {})


@scenario(
    "pkce-left-out",
    kind="attack",
    clauses=("7.3.2-1", "9.3.1-1.1"),
    summary_en="A careless application asks with method plain, then without any challenge, so that a stolen code fits"
    " into the attacker's session.",
    summary_zh="粗心的应用先以plain方式、再完全省略PKCE发起授权，使被盗授权码可用于攻击者的会话。",
    defence=Defence("pkce", "ATK-CON-06", 400, "invalid_request", "data"),
)
def pkce_left_out(stage: Stage) -> Attempt:
    """The shop uses a library that knows no PKCE; the attacker is its customer, and has seen the victim's code."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    stage.attack_begins()
    refusals = []
    for challenge in _TRIES:
        try:
            flow = _asked(shop, challenge)
        except Problem as problem:
            refusals.append(problem)
            continue
        stage.say(Text("The bank takes the request without PKCE", "银行接受了不带PKCE的授权请求"))
        code = parse_qs(user.at_bank(flow.url).location.query)["code"][0]
        return balance_by_code(shop, code, shop.ask_for_accounts().pkce)
    both = Text("without a challenge and with plain it is refused alike", "省略与plain方式均被拒绝")
    stage.require(len({each.code for each in refusals}) == 1, both, [each.code for each in refusals])
    return refused(refusals[-1])


def _asked(shop: Partner, challenge: dict[str, str]) -> Flow:
    """What the shop's library pushes: all that ``Partner.ask_for_accounts`` does, with another challenge or none."""
    honest = shop.ask_for_accounts()
    link = shop.push_by_hand(redirect_uri=shop.redirect_uri, state=honest.state, **challenge)
    return Flow(link, honest.state, honest.pkce)
