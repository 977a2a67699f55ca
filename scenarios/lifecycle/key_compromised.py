"""A key is in others' hands: the bank's, then an application's. What it takes to make it worthless at once."""

from __future__ import annotations

from dataclasses import replace

from bank_sim.sdk.protocol.keypairs import generate
from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.registry import scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Stage
from scenarios.texts import Text

_PAUSE_S = 10


@scenario(
    "key-compromised",
    kind="lifecycle",
    clauses=("7.3.4-3.2", "9.2.1-a-2.2", "9.2.1-b-4.1", "10.5-2"),
    suites=("gm", "intl"),
    summary_en="A lost key of the bank is replaced at once by one that was prepared, and applications follow by"
    " themselves; a thief of an application's key is shut out the moment its owner revokes it.",
    summary_zh="银行密钥泄露即时启用备用密钥，应用方自动跟进；应用方密钥被盗，吊销后盗用者立即失效。",
)
def key_compromised(stage: Stage) -> None:
    """1. The bank's: one person revokes it, the prepared one signs, applications are told. 2. The application's: the
    thief is served until the owner revokes the key, and never after; nor is a token that was bound to it.
    """
    shop = stage.partner("shop")
    _the_banks(stage, shop)
    _the_applications(stage, shop)


def _the_banks(stage: Stage, shop: Partner) -> None:
    lost = _signed_by(shop)
    reviewer, operator = at_work(stage, "reviewer"), at_work(stage, "operator")
    page = reviewer.act("revoke_bank_key", lost, "drill: not my role")
    claim = Text("only who may does it", "仅限有权限者操作")
    stage.require("STAFF_ROLE_REQUIRED" in page.text and _signed_by(shop) == lost, claim, page.text[:120])
    operator.act("revoke_bank_key", lost, "drill: the vault's disk is missing")
    stage.advance(_PAUSE_S)
    shop.follow_clock()
    now = _signed_by(shop)
    claim = Text(
        "the very next answer is signed by the prepared key, and believed", "下一次应答即由备用密钥签名并获信任"
    )
    stage.require(now != lost, claim, now)
    published = {str(each["kid"]) for each in shop.published_keys()}
    claim = Text("the lost key is published no more", "泄露密钥不再公布")
    stage.require(lost not in published and now in published, claim, published)
    again = operator.act("revoke_bank_key", lost, "drill: once more")
    claim = Text("what is revoked stays so and is not revoked twice", "已吊销的密钥不可恢复，也不重复吊销")
    stage.require("ILLEGAL_TRANSITION" in again.text, claim, again.text[:120])


def _the_applications(stage: Stage, shop: Partner) -> None:
    suite = stage.world.plan.suite
    token = shop.linked(stage.customer_of(shop, stage.user))
    thief = shop.with_keys(shop.keys)
    stage.say(Text("Somebody copies the application's signing key", "有人复制了应用方的签名密钥"))
    read = Text(
        "whoever has key and token is the application, for the bank", "持有密钥与令牌者，在银行看来就是该应用方"
    )
    stage.require(outcome(lambda: thief.call("accounts.list", "GET", "/api/accounts", token=token)) == SERVED, read)
    stolen, rival = f"{shop.app_id}.{shop.keys.signing.kid}", stage.partner("rival")
    claim = Text("nobody revokes another's key", "不得吊销他人的密钥")
    foreign = outcome(lambda: rival.client.own_keys.revoke(stolen, "drill: not mine"))
    stage.require(foreign == "RESOURCE_NOT_AUTHORIZED", claim, foreign)

    signing = generate(suite, "sig")
    shop.client.own_keys.register(signing)
    shop.client = shop.with_keys(replace(shop.keys, signing=signing))
    mark = stage.bank.mark()
    shop.client.own_keys.revoke(stolen, "drill: a laptop was stolen")
    refused = outcome(lambda: thief.call("products.list", "GET", "/api/products"))
    claim = Text("the thief's very next call is refused with KEY_REVOKED", "盗用者下一次调用即被拒绝（KEY_REVOKED）")
    stage.require(refused == "KEY_REVOKED", claim, refused)
    bound = outcome(lambda: shop.accounts(token))
    claim = Text("tokens bound to the stolen key are worthless with it", "绑定被盗密钥的令牌一并失效")
    stage.require(bound == "TOKEN_APP_MISMATCH", claim, bound)
    renewed = shop.linked(stage.customer_of(shop, stage.user))
    claim = Text("under the new key the application goes on", "应用方以新密钥继续服务")
    stage.require(len(shop.accounts(renewed)) > 0, claim)
    codes = {str(each["code"]) for each in stage.bank.records_since(mark)}
    claim = Text("the thief's try stands in the access log", "盗用者的尝试已记入访问日志")
    stage.require("KEY_REVOKED" in codes, claim, codes)


def _signed_by(shop: Partner) -> str:
    answer = shop.client.call("products.list", "GET", "/api/products")
    return str(answer.headers["signature-input"]).partition('keyid="')[2].partition('"')[0]
