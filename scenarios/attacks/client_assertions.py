"""Client assertions in the wrong hands: one that was heard on the wire, and some that nobody with the key has made.

Whoever passes for an application at the authorization server is told whatever the bank tells that application.
"""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.assertions import ASSERTION_TYPE, make_assertion
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.strict_base64 import to_base64url
from scenarios.attacks.outsiders import Outsider, refused_as
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from scenarios.wire import Record

_EVENTS = "/oauth/events"
_LIVES_S = 60


@scenario(
    "assertion-replayed",
    kind="attack",
    clauses=("9.2.1-b-1", "9.2.1-b-3.1"),
    summary_en="A client assertion that somebody heard on the wire is presented once more, while it is still valid.",
    summary_zh="在有效期内再次提交从线路上截获的客户端断言。",
    defence=Defence("assertion_once", "ATK-ID-05", 401, "invalid_client", "data", alarm="ASSERTION_REPLAY"),
)
def assertion_replayed(stage: Stage) -> Attempt:
    """The message that carried it was signed; the assertion alone is asked for where a message is not (RFC 7523)."""
    shop = _with_events(stage)
    heard = Record(stage.wire.record)
    with stage.wire.interfering(heard):
        shop.client.events_after(0)
    assertion = dict(parse_qsl(heard.messages[-1].body.decode()))["client_assertion"]
    stage.attack_begins()
    return _told(stage, shop, assertion)


@scenario(
    "assertion-forged",
    kind="attack",
    clauses=("9.2.1-b-1", "9.2.1-b-3.1"),
    summary_en="Assertions made without the key: unsigned, MACed with the public key, or meant for another server.",
    summary_zh="无私钥伪造的客户端断言：不签名、以公钥作MAC密钥、或本应提交给其他服务器。",
    defence=Defence("client_assertion", "ATK-ID-05", 401, "invalid_client", "data"),
)
def assertion_forged(stage: Stage) -> Attempt:
    """The last one is genuine: a server that the application trusted passes on what it was given."""
    shop = _with_events(stage)
    stage.attack_begins()
    tries = (
        ("unsigned", "不签名", _made_up(stage, shop, "none", None)),
        ("MACed with the public key", "以公钥作MAC密钥", _made_up(stage, shop, "HS256", _public_key_as_secret(shop))),
        ("meant for another server", "提交给其他服务器", _for_another_server(stage, shop)),
    )
    for en, zh, assertion in tries:
        attempt = _told(stage, shop, assertion)
        if attempt.code is None:
            return attempt
        refused = Text(f"refused: an assertion {en}", f"被拒绝的断言：{zh}")
        stage.require(attempt.code == "invalid_client", refused, attempt.code)
    return attempt


def _with_events(stage: Stage) -> Partner:
    """An application that the bank has told something: a user of it has revoked."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    shop.linked(user)
    user.revoke_consent()
    return shop


def _told(stage: Stage, shop: Partner, assertion: str) -> Attempt:
    """What the bank tells whoever presents it."""
    answer = Outsider(stage).posts_form(
        _EVENTS, client_id=shop.app_id, client_assertion_type=ASSERTION_TYPE, client_assertion=assertion, after="0"
    )
    if answer.is_error:
        return refused_as(answer)
    events = [f"{each['type']} of {each['subject']}" for each in answer.json()["events"]]
    return Attempt(answer.status_code, read=f"what the bank tells the shop: {', '.join(events)}")


def _made_up(stage: Stage, shop: Partner, alg: str, key: MacKey | None) -> str:
    now_s = int(shop.now_s())
    claims = {
        "iss": shop.app_id, "sub": shop.app_id, "aud": stage.world.addresses.gateway, "iat": now_s,
        "exp": now_s + _LIVES_S, "jti": secrets.token_urlsafe(18),
    }  # fmt: skip
    header = {"alg": alg, "kid": shop.keys.signing.kid, "typ": "JWT"}
    text = ".".join(to_base64url(strict_json.dump(each)) for each in (header, claims))
    # A JWS without a signature has an empty third part; some libraries then ask no more (RFC 8725 section 2.1).
    return f"{text}.{to_base64url(key.mac(text.encode())) if key else 'AA'}"


def _public_key_as_secret(shop: Partner) -> MacKey:
    return MacKey(shop.keys.signing.suite, strict_json.dump(shop.keys.signing.public.jwk()))


def _for_another_server(stage: Stage, shop: Partner) -> str:
    elsewhere = "https://another-bank.example"
    return make_assertion(
        shop.keys.signing, shop.app_id, elsewhere, int(shop.now_s()), secrets.token_urlsafe(18), _LIVES_S
    )
