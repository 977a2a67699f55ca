"""An application asks for a balance with a token that no user stands behind."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

TRIES = 10


@scenario(
    "no-consent-at-all",
    kind="attack",
    clauses=("9.3.2-1.2.1", "9.3.2-1.1.2", "10.2.2-1"),
    summary_en="An application that may call the interface asks for a balance with a token of its own, and no consent.",
    summary_zh="应用虽有接口权限，但未经用户同意，仅凭自身令牌查询余额。",
    defence=Defence("consent_state", "ATK-CON-01", 403, "CONSENT_REQUIRED", "data", alarm="OUT_OF_BOUNDS"),
)
def no_consent_at_all(stage: Stage) -> Attempt:
    """The rival found an account's reference in another application's leak; it goes on trying, which is an alarm."""
    shop, rival = stage.partner("shop"), stage.partner("rival")
    leaked = shop.accounts(shop.linked(stage.customer_of(shop, stage.user)))[0]
    stage.attack_begins()
    own = rival.client.oauth.client_credentials().access_token
    for _ in range(TRIES):
        try:
            balance = rival.balance(own, leaked["account_ref"])
            return Attempt(200, read=f"the balance of {leaked['account_masked']}: {balance}")
        except Problem as problem:
            attempt = refused(problem)
    records = [each for each in stage.bank.records_since(stage.start) if each["code"] == attempt.code]
    nobody = Text("the records name no consent", "访问记录中无授权编号")
    stage.require([each["consent_id"] for each in records] in ([], ["-"] * TRIES, [None] * TRIES), nobody, records)
    return attempt
