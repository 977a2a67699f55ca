"""Somebody has a copy of an application's signing key and of a user's token, and calls from a network of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient
from scenarios.networks import Elsewhere
from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_ALARM = "IMPERSONATION_SUSPECTED"
_FOREIGN = "127.31.7.9"
_A_WHILE_S = 16 * 60


@scenario(
    "stolen-key-revoked",
    kind="attack",
    clauses=("10.1.2-1.2.1", "10.1.2-1.2.2", "9.2.1-b-4.1", "7.3.4-3.2"),
    summary_en="A thief signs with an application's key from another network; the bank raises the alarm, its staff"
    " opens an incident and revokes the key, and the thief's next call is refused.",
    summary_zh="盗用者在另一网络使用应用方密钥签名；银行告警、建立事件并吊销密钥，盗用者下一次调用即被拒绝。",
    defence=Defence("key_state", "ATK-KEY-01", 401, "KEY_REVOKED", "data", alarm=_ALARM),
)
def stolen_key_revoked(stage: Stage) -> Attempt:
    """A key says nothing of who holds it; that two places use it at once does. The thief tries the key on what is
    public first, and wants the user's accounts."""
    shop = stage.partner("robbed")
    token = shop.linked(stage.customer_of(shop, stage.user))
    stage.advance(_A_WHILE_S)
    shop.follow_clock()
    stage.attack_begins()
    stage.say(Text("The thief calls with the stolen key, from elsewhere", "盗用者在别处使用被盗密钥调用"))
    thief = shop.with_keys(replace(shop.keys, secret=None), Elsewhere(stage, _FOREIGN))
    tried = [outcome(partial(_products, each)) for each in (shop.client, thief)]
    stage.require(tried == [SERVED, SERVED], Text("key and holder cannot be told apart", "银行无法仅凭密钥分辨持有人"))
    stage.advance(1)
    shop.follow_clock()
    operator = at_work(stage, "operator")
    _incident_is_opened(stage, operator, shop)
    stage.say(Text("The staff revokes the key", "银行人员吊销密钥"))
    operator.act("revoke_key", f"{shop.app_id}.{shop.keys.signing.kid}", "drill: somebody else holds it")
    try:
        answer = thief.call("accounts.list", "GET", "/api/accounts", token=token)
    except Problem as problem:
        _goes_on(stage, shop)
        return refused(problem)
    numbers = ", ".join(each["account_masked"] for each in answer.data["items"])
    return Attempt(answer.status, read=f"which accounts the user has: {numbers}")


def _products(client: BankClient) -> object:
    return client.call("products.list", "GET", "/api/products")


def _incident_is_opened(stage: Stage, operator: StaffDesk, shop: Partner) -> None:
    raised = Text("the alarm names the application", "告警指明了该应用方")
    stage.require((_ALARM, shop.app_id) in stage.bank.alarms(), raised, stage.bank.alarms())
    links = [each.href for each in operator.see("/alarms").document.links if each.href.startswith("/alarms/")]
    # The gravest stands first.
    alarm = next(each for each in links if shop.app_id in operator.see(each).text)
    operator.act("open_incident", alarm.removeprefix("/alarms/"), "drill: two networks at once")
    incidents = [each.href for each in operator.see(alarm).document.links if each.href.startswith("/incidents/")]
    stage.require(incidents != [], Text("an incident is open", "已建立安全事件"))


def _goes_on(stage: Stage, shop: Partner) -> None:
    """Whoever lost the key is not shut out with the thief: App_Secret serves."""
    own = outcome(lambda: shop.client.call("products.list", "GET", "/api/products", with_secret=True))
    stage.require(
        own == SERVED, Text("its owner goes on with what was not stolen", "所有者凭未被盗的凭证继续使用"), own
    )
