"""Another registered application uses a stolen access token under its own name and its own key."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused


@scenario(
    "token-stolen",
    kind="attack",
    clauses=("9.3.2-1.1.1", "9.2.1-a-2.2", "9.3.5-5"),
    summary_en="A rival application with proper credentials of its own presents a token stolen from another one.",
    summary_zh="另一应用方以自身凭证使用从别处盗取的访问令牌。",
    defence=Defence("token_binding", "ATK-CON-11", 403, "TOKEN_APP_MISMATCH", "data"),
)
def token_stolen(stage: Stage) -> Attempt:
    """The token and an account reference leaked from the shop; the rival signs with its own registered key."""
    shop, rival = stage.partner("shop"), stage.partner("rival")
    user = stage.customer_of(shop, stage.user)
    stolen = shop.linked(user)
    leaked = shop.accounts(stolen)[0]
    stage.attack_begins()
    try:
        balance = rival.balance(stolen, leaked["account_ref"])
    except Problem as problem:
        return refused(problem)
    return Attempt(200, read=f"the balance of {leaked['account_masked']}: {balance}")
