"""Somebody with leaked proofs of a client, and without its key, has a key of their own registered for it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.assertions import ASSERTION_TYPE, make_assertion
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from bank_sim.sdk.protocol.problems import CATALOGUE, Problem
from bank_sim.sdk.protocol.strict_base64 import to_base64url
from scenarios.outcome import outcome
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text


@scenario(
    "rotation-to-unproved-key",
    kind="attack",
    clauses=("9.2.1-a-1.2", "7.3.4-3.2"),
    summary_en="An attacker with leaked client assertions and a leaked token orders a key of their own for the"
    " application; the order is not signed by its present key.",
    summary_zh="攻击者利用泄露的客户端断言和令牌，为应用方登记自己的密钥，但登记请求未经现有密钥签名。",
    defence=Defence("rotation_signed", "ATK-KEY-05", 401, "SIGNATURE_REQUIRED", "data"),
)
def rotation_to_unproved_key(stage: Stage) -> Attempt:
    """Assertions stood in a log before they were used, and a token beside them. OAuth takes them as the client's proof;
    a key is registered only by an order that a present key has signed.
    """
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.user))
    leaked = [_assertion(shop) for _ in range(2)]
    own = generate(stage.world.plan.suite, "sig")
    stage.attack_begins()
    offer = _post(shop, "keys", leaked[0], jwk=strict_json.dump(own.public.jwk()).decode())
    if "challenge" not in offer:
        _serves_nobody(stage, shop, own, token)
        return Attempt(CATALOGUE[offer["code"]].status, offer["code"])
    proof = to_base64url(own.sign(offer["challenge"].encode()))
    _post(shop, "keys/proof", leaked[1], rotation_id=offer["rotation_id"], proof=proof)
    try:
        answer = shop.with_keys(replace(shop.keys, signing=own, secret=None)).call(
            "accounts.list", "GET", "/api/accounts", token=token
        )
    except Problem as problem:
        return refused(problem)
    numbers = ", ".join(each["account_masked"] for each in answer.data["items"])
    return Attempt(answer.status, read=f"which accounts the user has: {numbers}")


def _serves_nobody(stage: Stage, shop: Partner, own: PrivateKey, token: str) -> None:
    """A key that was refused signs nothing, and no event tells of a change that there was not."""
    thief = shop.with_keys(replace(shop.keys, signing=own, secret=None))
    found = outcome(lambda: thief.call("accounts.list", "GET", "/api/accounts", token=token))
    unknown = Text("what the attacker's key signs is refused (KEY_UNKNOWN)", "攻击者密钥的签名被拒绝（KEY_UNKNOWN）")
    stage.require(found == "KEY_UNKNOWN", unknown, found)
    told = stage.bank.events_of(f"{shop.app_id}.{own.kid}")
    stage.require(told == [], Text("no key was announced", "未公布任何密钥变更"), told)


def _assertion(shop: Partner) -> str:
    return make_assertion(
        shop.keys.signing, shop.app_id, shop.client.oauth.issuer, int(shop.now_s()), secrets.token_urlsafe(18)
    )


def _post(shop: Partner, endpoint: str, assertion: str, **parameters: str) -> dict[str, Any]:
    """An unsigned order, as a stranger sends it."""
    proof = {"client_id": shop.app_id, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return shop.stranger_posts(f"/oauth/{endpoint}", {**parameters, **proof})
