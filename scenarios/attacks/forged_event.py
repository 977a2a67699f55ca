"""A stranger posts an event in the bank's name to the wallet, so that it cuts a user off."""

from __future__ import annotations

import secrets

import httpx

from bank_sim.clock import rfc3339
from bank_sim.sdk.protocol import keypairs, strict_json
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.problems import CATALOGUE
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.http_browser import LoopbackTransport


@scenario(
    "forged-event",
    kind="attack",
    clauses=("9.3.3-1.1", "9.3.3-1.2", "10.4-1.3", "7.2.2-2.3"),
    summary_en="A stranger tells the wallet, in the bank's name, that a user has revoked; the wallet verifies first.",
    summary_zh="陌生人冒充银行通知钱包用户已撤销授权；钱包先验签，不予采信。",
    defence=Defence("event_intact", "ATK-MSG-06", 401, "SIGNATURE_INVALID", "trust", witness="wallet"),
)
def forged_event(stage: Stage) -> Attempt:
    """The stranger knows what is no secret: the wallet's App_ID and address, the kid of the bank's key, and the name of
    a consent. What they lack is the bank's private key.
    """
    stage.linked_user().see_balances()
    used = [each for each in stage.bank.records_since(stage.start) if each["consent_id"] and each["app_id"] != "-"]
    app_id, consent_id = used[-1]["app_id"], used[-1]["consent_id"]
    linked = Text("the user's accounts are linked", "用户账户已关联")
    stage.require(stage.wallet.is_linked(consent_id), linked)
    stage.attack_begins()
    with httpx.Client(transport=LoopbackTransport(stage.world.authority)) as stranger:
        answer = _post(stranger, stage, _body(app_id, consent_id, _now_s(stage)))
    if answer.is_error:
        return Attempt(CATALOGUE[answer.text].status, answer.text)
    cut_off = not stage.wallet.is_linked(consent_id)
    return Attempt(answer.status_code, read="the wallet's belief: it has cut the user off" if cut_off else None)


def _now_s(stage: Stage) -> float:
    return float(stage.world.control.clock()["now_ms"]) / 1000


def _body(app_id: str, consent_id: str, now_s: float) -> bytes:
    return strict_json.dump(
        {
            "event_id": f"evt_{secrets.token_hex(12)}", "app_id": app_id, "sequence": 1, "type": "consent.revoked",
            "subject": consent_id, "occurred_at": rfc3339(now_s), "data": {},
        }
    )  # fmt: skip


def _post(stranger: httpx.Client, stage: Stage, body: bytes) -> httpx.Response:
    """Signed with the stranger's key, under the name of the bank's."""
    addresses, suite = stage.world.addresses, stage.world.plan.suite
    key = keypairs.generate(suite, "sig")
    published = [
        keypairs.public_from_jwk(each)
        for each in stranger.get(f"{addresses.gateway}/.well-known/jwks.json").json()["keys"]
    ]
    bank_kid = next(each.kid for each in published if (each.suite, each.use) == (suite, "sig"))
    url = httpx.URL(f"{addresses.wallet}/events")
    host = url.netloc.decode()
    headers = {"host": host, "content-type": "application/json", "content-digest": content_digest(suite, body)}
    request = Request("POST", host, url.path, "", headers)
    signature = sign_request(request, key, bank_kid, int(_now_s(stage)), secrets.token_urlsafe(18))
    return stranger.post(url, headers=headers | signature, content=body)
