"""Somebody tries a list of leaked App_Secrets, one of which is right, at an interface that takes App_Secret alone."""

from __future__ import annotations

import secrets

from bank_sim.sdk.protocol.keypairs import MacKey
from scenarios.attacks.outsiders import Outsider, code_of_answer, refused_as
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

TRIES = 25
_UNKNOWN = "app_000000000000000000000000"


@scenario(
    "app-secret-guessed",
    kind="attack",
    clauses=("7.2.1-a-1", "9.2.1-b-1", "10.1.2-1.2.1", "10.1.2-1.2.2"),
    summary_en="A list of leaked App_Secrets is tried against one App_ID; the right one comes last.",
    summary_zh="以一批泄露的应用鉴别密文逐一尝试某App_ID，其中最后一个正确。",
    defence=Defence("secret_guesses", "ATK-ID-01", 429, "APP_LOCKED", "data", alarm="AUTH_BRUTE_FORCE"),
)
def app_secret_guessed(stage: Stage) -> Attempt:
    """Twenty-five tries prove the point; a list of a thousand ends at the same one, the eleventh."""
    shop = stage.partner("shop")
    outsider = Outsider(stage)
    suite, right = stage.world.plan.suite, shop.keys.secret
    if right is None:
        raise LookupError("the shop has no App_Secret")
    leaked = [MacKey(suite, secrets.token_urlsafe(32).encode()) for _ in range(TRIES - 1)]
    stage.attack_begins()
    at_token = outsider.posts_form(
        "/oauth/token", grant_type="client_credentials", client_id=shop.app_id, client_secret=secrets.token_urlsafe(32)
    )
    no_proof = Text("at the token endpoint a shared secret proves nothing", "令牌端点不接受共享密文")
    stage.require(code_of_answer(at_token) == "invalid_client", no_proof, at_token.text)
    answers = [
        outsider.send(outsider.signed("GET", "/api/products", each, f"{shop.app_id}.secret"))
        for each in (*leaked, right)
    ]
    stranger = outsider.send(outsider.signed("GET", "/api/products", leaked[0], f"{_UNKNOWN}.secret"))
    alike = [{**each.json(), "trace_id": ""} for each in (answers[0], stranger)]
    stage.require(alike[0] == alike[1], Text("whether there is such an App_ID is not told", "不透露App_ID是否存在"))
    records = [each for each in stage.bank.records_since(stage.start) if each["path"] == "/api/products"]
    each_one = Text("each try left a record of its own", "每次尝试均留有一条记录")
    stage.require(len(records) >= len(answers) + 1, each_one, len(records))
    if answers[-1].is_success:
        return Attempt(200, read=f"with the secret found at try {TRIES}: {len(answers[-1].json()['items'])} products")
    wrong = [code_of_answer(each) for each in answers].count("APP_AUTH_FAILED")
    stage.require(wrong == 10, Text("after ten tries the door stays shut", "十次失败后即锁定"), wrong)
    return refused_as(answers[-1])
