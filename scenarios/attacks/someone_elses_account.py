"""A customer of an application asks, with a token of their own, for the account of another customer."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text


@scenario(
    "someone-elses-account",
    kind="attack",
    clauses=("9.3.2-1.1.1", "9.3.2-1.1.2"),
    summary_en="A customer puts another customer's account reference into a request that their own token authorizes.",
    summary_zh="用户以自己的令牌请求他人账户的余额。",
    defence=Defence("object_authorization", "ATK-CON-02", 404, "RESOURCE_NOT_AUTHORIZED", "data"),
)
def someone_elses_account(stage: Stage) -> Attempt:
    """The victim's reference leaked, as in a shared link; the application passes on what its customer sends."""
    shop = stage.partner("shop")
    victim, attacker = stage.customer_of(shop, stage.user), stage.customer_of(shop, stage.stranger)
    leaked = shop.accounts(shop.linked(victim))[0]
    token = shop.linked(attacker)
    own = shop.accounts(token)[0]["account_ref"]
    allowed = Text("the attacker may see an account of their own", "攻击者可正常查看自己的账户")
    stage.require(bool(shop.balance(token, own)), allowed)
    stage.attack_begins()
    try:
        balance = shop.balance(token, leaked["account_ref"])
    except Problem as problem:
        return refused(problem)
    return Attempt(200, read=f"the balance of {leaked['account_masked']}: {balance}")
