"""Somebody on the wire has a token and no key: the signature is left out, or made with what everybody knows."""

from __future__ import annotations

import httpx

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import MacKey
from scenarios.attacks.outsiders import Outsider, code_of_answer, refused_as
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_PATH = "/api/accounts"
_ALGORITHM_OF = {"gm": "hmac-sm3", "intl": "hmac-sha256"}


@scenario(
    "signature-downgraded",
    kind="attack",
    clauses=("7.2.2-2.2", "9.2.2-2"),
    summary_en="A call with a stolen token comes without a signature, then MACed with the application's public key.",
    summary_zh="携带被盗令牌的调用先去掉签名，再以应用方公钥为密钥改作MAC。",
    defence=Defence("message_signature", "ATK-MSG-03", 400, "ALG_NOT_ALLOWED", "data"),
)
def signature_downgraded(stage: Stage) -> Attempt:
    """The message may say what it likes of its algorithm: the registered key has one, and the interface a level."""
    shop = stage.partner("shop")
    stolen = shop.linked(stage.customer_of(shop, stage.user))
    outsider, bearer = Outsider(stage), {"authorization": f"Bearer {stolen}"}
    public = MacKey(shop.keys.signing.suite, strict_json.dump(shop.keys.signing.public.jwk()))
    stage.attack_begins()
    keyid = f"{shop.app_id}.{shop.keys.signing.kid}"
    tries = (
        ("SIGNATURE_REQUIRED", _stripped(outsider, shop, public, bearer)),
        ("CREDENTIAL_TOO_WEAK", outsider.signed("GET", _PATH, public, f"{shop.app_id}.secret", bearer)),
        ("SIGNATURE_INVALID", outsider.signed("GET", _PATH, public, keyid, bearer)),
        ("ALG_NOT_ALLOWED", _named(outsider.signed("GET", _PATH, public, keyid, bearer), public)),
    )
    for code, request in tries:
        answer = outsider.send(request)
        if answer.is_success:
            numbers = ", ".join(each["account_masked"] for each in answer.json()["items"])
            return Attempt(answer.status_code, read=f"which accounts the user has: {numbers}")
        found = code_of_answer(answer)
        stage.require(found == code, Text(f"refused with {code}", f"被拒绝：{code}"), found)
    return refused_as(answer)


def _stripped(outsider: Outsider, shop: Partner, key: MacKey, bearer: dict[str, str]) -> httpx.Request:
    request = outsider.signed("GET", _PATH, key, shop.app_id, bearer)
    del request.headers["signature"], request.headers["signature-input"]
    return request


def _named(request: httpx.Request, key: MacKey) -> httpx.Request:
    """The same with its algorithm named, as RFC 9421 section 2.3 lets a signature do."""
    request.headers["signature-input"] += f';alg="{_ALGORITHM_OF[key.suite]}"'
    return request
