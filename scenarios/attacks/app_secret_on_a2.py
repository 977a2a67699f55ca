"""Somebody with a stolen App_Secret and a stolen token calls an A2 interface without the application's private key."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text


@scenario(
    "app-secret-on-a2",
    kind="attack",
    clauses=("7.2.1-a-2.1", "9.2.1-b-2", "9.2.2-2"),
    summary_en="A stolen App_Secret authenticates an A2 call by HMAC, where only a key pair or certificate will do.",
    summary_zh="以被盗的App_Secret对A2接口作HMAC认证，而A2须使用公私钥对或证书。",
    defence=Defence("credential_strength", "ATK-ID-02", 401, "CREDENTIAL_TOO_WEAK", "data"),
)
def app_secret_on_a2(stage: Stage) -> Attempt:
    """App_Secret and a user's token leaked together, as from a dump of settings; the private keys did not."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    allowed = Text("the application itself, with its key, may call", "应用方以自身私钥可正常调用")
    stage.require(len(shop.accounts(token)) == 3, allowed)
    stage.attack_begins()
    try:
        answer = shop.client.call("accounts.list", "GET", "/api/accounts", token=token, with_secret=True)
    except Problem as problem:
        return refused(problem)
    numbers = ", ".join(each["account_masked"] for each in answer.data["items"])
    return Attempt(answer.status, read=f"which accounts the user has: {numbers}")
