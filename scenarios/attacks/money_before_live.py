"""An application that nobody has inspected yet lets its customers pay for real."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.partner import Partner
from scenarios.portal_desk import in_the_test_environment
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from user_sim.persona import Intention

_CONSENT = ("accounts.list", "transfers.create", "transfers.get")
_AMOUNT = "100.00"


@scenario(
    "money-before-live",
    kind="attack",
    clauses=("9.1.1-2.3", "9.3.4-2.2"),
    summary_en="An application party with a signed agreement skips the inspection and moves money from the test"
    " environment.",
    summary_zh="应用方签约后跳过上线检查，在测试环境中直接发起资金交易。",
    defence=Defence("test_environment", "ATK-LIF-03", 403, "TEST_ENVIRONMENT_ONLY", "money"),
)
def money_before_live(stage: Stage) -> Attempt:
    """Everything is genuine: agreement, keys, the customer's consent and confirmation. Only nobody has looked yet."""
    shop = in_the_test_environment(stage, (*_CONSENT, "transfers.execute"))
    token = shop.linked(stage.customer_of(shop, stage.user), _CONSENT)
    stage.attack_begins()
    try:
        return _paid(stage, shop, token)
    except Problem as problem:
        return refused(problem)


def _paid(stage: Stage, shop: Partner, token: str) -> Attempt:
    meant = Intention(stage.numbers(stage.payee)["I"], stage.payee.name, _AMOUNT)
    order = shop.order_transfer(token, shop.paying_account(token), _AMOUNT, meant.payee_account, meant.payee_name)
    transfer_id = str(order.data["transfer_id"])
    payment = shop.ask_for_payment(transfer_id)
    page = stage.customer_of(shop, stage.user).at_bank(payment.url, meant=meant)
    confirmed = shop.tokens(payment, page.location.query).access_token
    return Attempt(shop.execute_transfer(confirmed, transfer_id, _AMOUNT).status)
