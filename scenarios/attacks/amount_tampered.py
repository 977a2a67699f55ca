"""The wire changes the amount of an order on its way to the bank, and mends the digest; the user confirms hastily."""

from __future__ import annotations

from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.problems import Problem
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.wire import Tamper
from user_sim.persona import HASTY, Intention

SENT, FORGED = "100.00", "10000.00"
TRIES = 3


@scenario(
    "amount-tampered",
    kind="attack",
    clauses=("7.2.2-2.1", "7.2.2-2.2", "9.2.2-2"),
    summary_en="A middlebox turns 100.00 into 10000.00 and makes the digest anew; it cannot make the signature.",
    summary_zh="中间人将金额100.00改为10000.00并重算摘要，但无法重做签名。",
    defence=Defence("message_signature", "ATK-MSG-01", 401, "SIGNATURE_INVALID", "money", alarm="TAMPERING"),
)
def amount_tampered(stage: Stage) -> Attempt:
    """The attacker sells something for 100.00 and holds the wire. The application believes what the bank signs."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user, HASTY)
    token = shop.linked(user)
    payer = shop.paying_account(token)
    seller = Intention(stage.numbers(stage.stranger)["I"], stage.stranger.name, SENT)
    stage.attack_begins()
    wire = Tamper(
        stage.wire.record,
        lambda request: request.method == "POST" and request.url.path.startswith("/api/transfers"),
        lambda body: body.replace(f'"amount":"{SENT}"'.encode(), f'"amount":"{FORGED}"'.encode()),
        lambda body: {"content-digest": content_digest(stage.world.plan.suite, body)},
    )
    with stage.wire.interfering(wire):
        for _ in range(TRIES):
            try:
                order = shop.order_transfer(token, payer, SENT, seller.payee_account, seller.payee_name)
                return _confirmed(stage, shop, order.data["transfer_id"], seller)
            except Problem as problem:
                attempt = refused(problem)
    return attempt


def _confirmed(stage: Stage, shop: Partner, transfer_id: str, seller: Intention) -> Attempt:
    """The user is sent to the bank, whose page shows the forged amount, and types the code without reading."""
    user = stage.customer_of(shop, stage.user, HASTY)
    payment = shop.ask_for_payment(transfer_id)
    page = user.at_bank(payment.url, meant=seller)
    token = shop.tokens(payment, page.location.query).access_token
    return Attempt(shop.execute_transfer(token, transfer_id, SENT).status)
