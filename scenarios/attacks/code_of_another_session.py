"""Somebody puts the code of another user's authorization into a session of their own at the same application."""

from __future__ import annotations

from urllib.parse import parse_qs

from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol.problems import Problem
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_LEAKED = Text(
    "The code of the user's authorization leaks on its way back", "用户授权码在返回应用的途中泄露"
)  # fmt: skip
_INJECTED = Text(
    "The attacker brings it back in a session of their own", "攻击者将其带回自己的会话"
)  # fmt: skip


@scenario(
    "code-of-another-session",
    kind="attack",
    clauses=("9.3.1-1.1", "10.2.2-1"),
    summary_en="A code stolen on its way back is put into the attacker's own session at the same application.",
    summary_zh="攻击者窃得他人的授权码，注入自己在同一应用中的会话。",
    defence=Defence("code_challenge", "ATK-CON-05", 400, "invalid_grant", "data", alarm="CODE_INJECTION"),
)
def code_of_another_session(stage: Stage) -> Attempt:
    """The attacker is a customer of the shop. The shop is honest: it sends each code with its session's verifier."""
    shop = stage.partner("shop")
    asked = shop.ask_for_accounts()
    came_back = stage.customer_of(shop, stage.user).at_bank(asked.url)
    code = parse_qs(came_back.location.query)["code"][0]
    stage.say(_LEAKED)
    stage.attack_begins()
    stage.say(_INJECTED)
    return balance_by_code(shop, code, shop.ask_for_accounts().pkce)


def balance_by_code(shop: Partner, code: str, pkce: Pkce) -> Attempt:
    """What the shop shows to whoever's session has this verifier, when they come back with that code."""
    try:
        token = shop.client.oauth.exchange_code(code, pkce).access_token
        return balance_shown(shop, token)
    except Problem as problem:
        return refused(problem)


def balance_shown(shop: Partner, token: str) -> Attempt:
    """The balance of the first account under a token."""
    account = shop.accounts(token)[0]
    balance = shop.balance(token, account["account_ref"])
    return Attempt(200, read=f"the balance of {account['account_masked']}: {balance}")
