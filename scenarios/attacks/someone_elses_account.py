"""A customer of an application asks, with a token of their own, for the account of another customer."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_ENDINGS = "abcd"


@scenario(
    "someone-elses-account",
    kind="attack",
    clauses=("9.3.2-1.1.1", "9.3.2-1.1.2"),
    summary_en="A customer puts another customer's account reference into a request that their own token authorizes.",
    summary_zh="用户以自己的令牌请求他人账户的余额。",
    defence=Defence(
        "object_authorization", "ATK-CON-02", 404, "RESOURCE_NOT_AUTHORIZED", "data", alarm="FOREIGN_RESOURCES"
    ),
)
def someone_elses_account(stage: Stage) -> Attempt:
    """The victim's references leaked, as in a shared link; the application passes on what its customer sends.

    References that nobody has are tried too: they are answered like those of others.
    """
    shop = stage.partner("shop")
    victim, attacker = stage.customer_of(shop, stage.user), stage.customer_of(shop, stage.stranger)
    leaked = shop.accounts(shop.linked(victim))
    token = shop.linked(attacker)
    own = shop.accounts(token)[0]["account_ref"]
    allowed = Text("the attacker may see an account of their own", "攻击者可正常查看自己的账户")
    stage.require(bool(shop.balance(token, own)), allowed)
    alike = Text("others' references and made-up ones are answered alike", "他人的引用与虚构的引用应答一致")
    stage.attack_begins()
    made_up = [own[:-1] + other for other in _ENDINGS if other != own[-1]]
    for account_ref in [*(each["account_ref"] for each in leaked), *made_up]:
        try:
            balance = shop.balance(token, account_ref)
        except Problem as problem:
            attempt = refused(problem)
            stage.require(attempt.code == "RESOURCE_NOT_AUTHORIZED", alike, attempt.code)
        else:
            return Attempt(200, read=f"the balance of {leaked[0]['account_masked']}: {balance}")
    return attempt
