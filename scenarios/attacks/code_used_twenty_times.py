"""Whoever holds an application's keys turns one code, then one refresh token, into twenty sets of tokens at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import Tokens
from scenarios.attacks.code_of_another_session import balance_shown
from scenarios.outcome import code_of
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

AT_ONCE = 20


@scenario(
    "code-used-twenty-times",
    kind="attack",
    clauses=("9.2.1-b-3.1", "9.2.1-b-4.1", "7.3.2-1"),
    summary_en="One authorization code, then one refresh token, is sent twenty times in parallel.",
    summary_zh="同一授权码、同一刷新令牌各并发提交二十次。",
    defence=Defence("grant_once", "ATK-CON-08", 400, "invalid_grant", "data", alarm="TOKEN_REUSE"),
)
def code_used_twenty_times(stage: Stage) -> Attempt:
    """The thief copied the shop's keys, and wants tokens beside those that the shop watches over."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    honest = shop.ask_for_accounts()
    refresh_token = shop.tokens(honest, user.at_bank(honest.url).location.query).refresh_token or ""
    stage.advance(61)
    asked = shop.ask_for_accounts()
    code = parse_qs(user.at_bank(asked.url).location.query)["code"][0]
    stage.attack_begins()
    tries: tuple[tuple[Text, Callable[[], Tokens]], ...] = (
        (Text("the code", "授权码"), lambda: shop.client.oauth.exchange_code(code, asked.pkce)),
        (Text("the refresh token", "刷新令牌"), lambda: shop.client.oauth.refresh(refresh_token)),
    )
    attempt = Attempt(200)
    for what, draw in tries:
        stage.say(Text(f"Twenty at once: {what.en}", f"并发二十次：{what.zh}"))
        attempt = _drawn(stage, shop, what, draw)
        if attempt.read is not None:
            break
    return attempt


def _drawn(stage: Stage, shop: Partner, what: Text, draw: Callable[[], Tokens]) -> Attempt:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda _: _tried(draw), range(AT_ONCE)))
    drawn = [each for each in results if isinstance(each, Tokens)]
    refusals = [each for each in results if isinstance(each, Problem)]
    if not refusals:
        return balance_shown(shop, drawn[-1].access_token)
    once = Text(f"{what.en} serves exactly once", f"{what.zh}恰好生效一次")
    stage.require(len(drawn) == 1, once, len(drawn))
    void = Text(f"what {what.en} brought is void as well", f"{what.zh}换得的令牌也一并作废")
    stage.require(_read(shop, drawn[0]) == "TOKEN_REVOKED", void)
    return refused(refusals[-1])


def _tried(draw: Callable[[], Tokens]) -> Tokens | Problem:
    try:
        return draw()
    except Problem as problem:
        return problem


def _read(shop: Partner, tokens: Tokens) -> str:
    try:
        shop.accounts(tokens.access_token)
    except Problem as problem:
        return code_of(problem)
    return ""
