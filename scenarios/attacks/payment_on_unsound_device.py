"""A user's device is rooted, simulated, overlaid or debugged; whoever sits in it has the app order a payment."""

from __future__ import annotations

from bank_sim.sdk.environment import SIGNS
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient
from scenarios.attacks.patched_sdk import attested_partner
from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text
from user_sim.persona import HASTY, Intention

_AMOUNT = "9000.00"


@scenario(
    "payment-on-unsound-device",
    kind="attack",
    clauses=("7.3.2-3.1", "7.2.2-3.1.1"),
    summary_en="The SDK tells of a debugger, root, an emulator or an overlay, one at a time: public data is served, a"
    " user's data takes a stronger consent, and no money moves.",
    summary_zh="SDK分别检测到调试器、越权、模拟器、悬浮窗：公开信息照常提供，用户数据须加强验证，资金交易一律拒绝。",
    defence=Defence("device_risk", "ATK-SDK-02", 403, "DEVICE_RISK", "money", alarm="DEVICE_RISK"),
)
def payment_on_unsound_device(stage: Stage) -> Attempt:
    """The thief's program draws over the app and uses the session that is open there; the SDK itself is as published,
    and the user types the code without reading."""
    shop = attested_partner(stage, "pocket")
    token = shop.linked(stage.customer_of(shop, stage.user))
    payer = shop.paying_account(token)
    stage.attack_begins()
    thief = Intention(stage.numbers(stage.stranger)["I"], stage.stranger.name, _AMOUNT)
    for sign in sorted(SIGNS):
        shop.client = shop.on_device(frozenset({sign}))
        try:
            return _paid(stage, shop, token, payer, thief)
        except Problem as problem:
            last = refused(problem)
        _is_limited(stage, shop.client, token, sign, str(last.code))
    return last


def _is_limited(stage: Stage, device: BankClient, token: str, sign: str, funds: str) -> None:
    public = outcome(lambda: device.call("products.list", "GET", "/api/products"))
    own = outcome(lambda: device.call("accounts.list", "GET", "/api/accounts", token=token))
    claim = Text(
        f"{sign}: public data is served, accounts take a stronger consent, money does not move",
        f"{sign}：公开信息照常，账户查询须加强验证，资金不可变动",
    )
    found = (public, own, funds)
    stage.require(found == (SERVED, "STEP_UP_REQUIRED", "DEVICE_RISK"), claim, found)


def _paid(stage: Stage, shop: Partner, token: str, payer: str, thief: Intention) -> Attempt:
    order = shop.order_transfer(token, payer, _AMOUNT, thief.payee_account, thief.payee_name)
    transfer_id = str(order.data["transfer_id"])
    payment = shop.ask_for_payment(transfer_id)
    page = stage.customer_of(shop, stage.user, HASTY).at_bank(payment.url, meant=thief)
    confirmed = shop.tokens(payment, page.location.query).access_token
    return Attempt(shop.execute_transfer(confirmed, transfer_id, _AMOUNT).status)
