"""A customer of an application tries name after name on a stranger's account number, to learn who holds it."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import PAYEE_MISMATCH, Problem
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

NAMES, NO_ACCOUNT = ("张伟", "王芳", "李娜", "刘洋"), "9999100000000000"


@scenario(
    "payee-names-tried",
    kind="attack",
    clauses=("9.3.1-2",),
    summary_en="Name after name is laid beside a stranger's account number in orders of 0.01; the sixth is right.",
    summary_zh="攻击者以0.01元的订单逐个试探他人账号对应的户名，第六个即为真实户名。",
    defence=Defence("payee_probing", "ATK-USR-07", 429, "RATE_LIMITED", "data", alarm="PROBING"),
)
def payee_names_tried(stage: Stage) -> Attempt:
    """The attacker has an account and a consent of their own, and a list of the names in a lost address book."""
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.stranger))
    own, wanted = shop.paying_account(token), stage.numbers(stage.user)["I"]
    stage.attack_begins()
    tries = [*((wanted, name) for name in NAMES), (NO_ACCOUNT, NAMES[0])]
    refusals = [_mismatch(shop, token, own, number, name) for number, name in tries]
    told = {(each.code, each.detail, tuple(each.members)) for each in refusals}
    alike = Text("a wrong name and an account that is none are told alike", "户名不符与账号不存在的提示一致")
    stage.require(len(told) == 1 and refusals[0].code == PAYEE_MISMATCH.code, alike, told)
    try:
        order = shop.order_transfer(token, own, "0.01", wanted, stage.user.name)
    except Problem as problem:
        return refused(problem)
    return Attempt(201, read=f"who holds {order.data['creditor_account_masked']}: the sixth name on the list")


def _mismatch(shop: Partner, token: str, own: str, number: str, name: str) -> Problem:
    try:
        shop.order_transfer(token, own, "0.01", number, name)
    except Problem as problem:
        return problem
    raise AssertionError("a name that is not the holder's fits")
