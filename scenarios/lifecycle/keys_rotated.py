"""Keys grow old on both sides and are replaced in time: no call fails meanwhile, and afterwards the old ones are worth
nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bank_sim.policy import Policy
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from bank_sim.sdk.protocol.strict_base64 import to_base64url
from bank_sim.sdk.server import BankClient
from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.observe import Mark
    from user_sim.driver import HeadlessUser

DAY_S = 86_400
_CALLS, _KEY_PAIRS = 5, 2
_WARNED_DAYS = max(Policy().key_warnings_days)
# Less than an assertion lives.
_MOMENTS_S = 20


@scenario(
    "keys-rotated",
    kind="lifecycle",
    clauses=("7.3.4-1", "7.3.4-3.1", "7.3.4-3.2", "9.2.1-a-1.2", "9.3.5-2.2"),
    suites=("gm", "intl"),
    summary_en="Bank and application rotate their keys with an overlap: no call fails, the SDK follows by itself, and"
    " the old keys are refused at the end. A key that is not proven is never taken.",
    summary_zh="银行与应用方先后轮换密钥，新旧并用期间调用零失败，SDK自动跟进，期满后旧密钥失效；未经证明的密钥一律不予登记。",
)
def keys_rotated(stage: Stage) -> None:
    """1. The bank's: proposed, agreed by another, announced, in force, the old one gone. 2. The application's: unproved
    keys refused, a proven one serves beside the old one, then alone. 3. The wallet's, and its TLS certificate: warned,
    it changes them itself.
    """
    shop = stage.partner("shop")
    user = stage.linked_user()
    _the_banks(stage, shop)
    user.open_wallet(f"user-{stage.user.person_id}")
    balances = Text("the wallet's user sees balances as before", "钱包用户照常查看余额")
    stage.require(bool(user.see_balances()), balances)
    _unproved(stage, shop)
    _the_applications(stage, shop)
    _the_wallets(stage, user)


def _the_banks(stage: Stage, shop: Partner) -> None:
    suite = stage.world.plan.suite
    before = _signed_by(shop.client)
    for use in ("sig", "enc"):
        operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
        operator.act("propose_key_rotation", f"{suite}-{use}", "drill: a year has passed")
        alone = operator.act("approve_proposal", _proposal(reviewer), "drill: my own")
        claim = Text("who proposes a rotation cannot agree to it", "提出轮换者不能自行批准")
        stage.require("STAFF_ROLE_REQUIRED" in alone.text, claim, alone.text[:120])
        reviewer.act("approve_proposal", _proposal(reviewer), "drill: read the plan")
    claim = Text("until the day announced the old key signs", "预告期内仍由旧密钥签名")
    stage.require(_signed_by(shop.client) == before, claim)
    stage.say(Text("The announced day comes", "预告日期已到"))
    stage.advance(7 * DAY_S)
    shop.follow_clock()
    after = _signed_by(shop.client)
    claim = Text("now another key signs, and the SDK believes it by itself", "新密钥开始签名，SDK自动信任")
    stage.require(after != before, claim, after)
    _require_all_served(stage, shop.client)
    stage.advance(31 * DAY_S)
    shop.follow_clock()
    listed = _published(shop, suite)
    claim = Text("after the overlap the old key is the bank's no more", "过渡期满后旧密钥不再属于银行")
    stage.require(before not in listed and after in listed, claim, listed)
    _require_all_served(stage, shop.client)


def _unproved(stage: Stage, shop: Partner) -> None:
    suite = stage.world.plan.suite
    rival = stage.partner("rival")
    orders: list[tuple[str, Callable[[], Any], Text]] = [
        ("KEY_NOT_PROVEN", lambda: _answer_falsely(shop, generate(suite, "sig")),
         Text("a key whose holder cannot sign the challenge is refused", "无法为挑战签名的密钥被拒绝")),
        ("KEY_INVALID", lambda: shop.client.own_keys.register(rival.keys.signing),
         Text("another application's key is refused", "他人的密钥被拒绝")),
        ("KEY_INVALID", lambda: shop.client.own_keys.register(shop.keys.signing),
         Text("the same key is not taken twice", "同一密钥不得重复登记")),
    ]  # fmt: skip
    for code, order, claim in orders:
        stage.require(outcome(order) == code, claim, code)
    claim = Text("and nothing has changed: the present key serves", "一切如旧：现有密钥照常可用")
    stage.require(_served(shop.client), claim)


def _the_applications(stage: Stage, shop: Partner) -> None:
    suite = stage.world.plan.suite
    token = shop.linked(stage.customer_of(shop, stage.payee))
    signing, opening = generate(suite, "sig"), generate(suite, "enc")
    old = shop.client
    old.own_keys.register(opening)
    old.own_keys.register(signing)
    new = shop.with_keys(replace(shop.keys, signing=signing, opening=opening, former=(shop.keys.opening,)))
    for client in (old, new):
        _require_all_served(stage, client)
    found = outcome(lambda: old.own_keys.register(generate(suite, "sig")))
    claim = Text("but a key that was replaced orders no further one", "但已被替换的密钥不能再办理新密钥")
    stage.require(found == "KEY_SUPERSEDED", claim, found)
    shop.client = new
    account = shop.accounts(token)[0]["account_ref"]
    claim = Text(
        "a user's token serves on under the new key, and what the bank seals is opened with it",
        "用户令牌在新密钥下继续有效，银行加密的内容可用新密钥解开",
    )
    stage.require(bool(shop.balance(token, account)), claim)
    stage.advance(14 * DAY_S)
    shop.follow_clock()
    claim = Text(
        "after the overlap the old key is refused, and the new one serves", "过渡期满后旧密钥被拒绝，新密钥正常"
    )
    stage.require((outcome(lambda: _call(old)), _served(new)) == ("KEY_EXPIRED", True), claim)


def _moments_before_the_warning(stage: Stage, user: HeadlessUser) -> Mark:
    """A call that is under way when months leap by is refused for its age. What is judged begins behind that leap, and
    ends with one that no message is too old for."""
    ends_ms = stage.bank.keys_end_ms(stage.bank.wallet_app_id())
    left_ms = ends_ms - _WARNED_DAYS * DAY_S * 1000 - int(stage.world.control.clock()["now_ms"])
    stage.advance(left_ms // 1000 - _MOMENTS_S)
    user.browser.open(f"{stage.world.addresses.wallet}/products")
    return stage.bank.mark()


def _the_wallets(stage: Stage, user: HeadlessUser) -> None:
    keys, certificate = _wallet_keys(stage, user), _wallet_certificate(stage, user)
    stage.say(Text("Half a year is nearly over: the wallet's keys are about to end", "将满半年，钱包密钥即将到期"))
    since = _moments_before_the_warning(stage, user)
    stage.advance(2 * _MOMENTS_S)
    claim = Text(
        "warned by an event, the wallet has replaced its keys by itself", "收到到期提醒事件后，钱包自动更换了密钥"
    )
    stage.eventually(lambda: len(_wallet_keys(stage, user) - keys) == len(keys) == _KEY_PAIRS, claim)
    claim = Text(
        "and its TLS certificate, for a fresh key, without a restart", "TLS证书也已换新：新密钥，新证书，无需重启"
    )
    stage.eventually(lambda: _wallet_certificate(stage, user) not in (certificate, None), claim)
    user.browser.open(f"{stage.world.addresses.wallet}/products")
    failed = [(each["api_id"], each["code"]) for each in stage.bank.records_since(since) if each["result"] != "success"]
    stage.require(not failed, Text("not one of the wallet's calls failed meanwhile", "其间钱包调用零失败"), failed)


def _wallet_certificate(stage: Stage, user: HeadlessUser) -> str | None:
    """The TLS certificate that the wallet's page shows as in use, by its name."""
    lines = user.browser.open(f"{stage.world.addresses.wallet}/keys").document.lines
    return next((line for line in lines if line.startswith("certificate ")), None)


def _wallet_keys(stage: Stage, user: HeadlessUser) -> set[str]:
    """The key pairs that the wallet's page shows as in use."""
    lines = user.browser.open(f"{stage.world.addresses.wallet}/keys").document.lines
    ids = [line.partition(".")[2] for line in lines if line.startswith("app_")]
    return {each for each in ids if each != "secret"}


def _answer_falsely(shop: Partner, other: PrivateKey) -> None:
    """Offer one key and answer the challenge with another."""
    offered = generate(other.suite, "sig")
    post = shop.client.oauth.post
    answer = post("keys", jwk=strict_json.dump(offered.public.jwk()).decode())
    proof = to_base64url(other.sign(str(answer["challenge"]).encode()))
    post("keys/proof", rotation_id=str(answer["rotation_id"]), proof=proof)


def _call(client: BankClient) -> Any:
    return client.call("products.list", "GET", "/api/products")


def _served(client: BankClient) -> bool:
    return outcome(lambda: _call(client)) == SERVED


def _require_all_served(stage: Stage, client: BankClient) -> None:
    outcomes = {outcome(lambda: _call(client)) for _ in range(_CALLS)}
    stage.require(outcomes == {SERVED}, Text("not one call fails", "调用零失败"), outcomes)


def _signed_by(client: BankClient) -> str:
    """The key that signed the bank's answer to a call now."""
    found = str(_call(client).headers["signature-input"])
    return found.partition('keyid="')[2].partition('"')[0]


def _published(shop: Partner, suite: str) -> set[str]:
    """The keys that the bank publishes now, as anybody may read them."""
    return {str(each["kid"]) for each in shop.published_keys() if each["crv"] == {"gm": "SM2", "intl": "P-256"}[suite]}


def _proposal(desk: StaffDesk) -> str:
    """The open proposal, as the page links it for those who may decide."""
    links = [link.href for link in desk.see("/proposals").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
