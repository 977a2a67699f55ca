"""A shop takes the password that its customer sealed for a small payment, and relays it for a large one."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.frame import FrameVisit
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from user_sim.driver import HeadlessUser
from user_sim.persona import HASTY

SHOWN, WANTED = "9.90", "9900.00"


@scenario(
    "sealed-password-moved",
    kind="attack",
    clauses=("7.2.2-3.1.1", "9.3.3-2.2.1", "10.2.2-2.2"),
    summary_en="A shop shows the bank's frame for 9.90 and relays the sealed password for its own order of 9900.00.",
    summary_zh="商户向用户展示9.90元的银行内嵌框，却把加密密码转交给自己的9900.00元订单。",
    defence=Defence("keypad_session", "ATK-USR-14", 400, "KEYPAD_INVALID", "money"),
)
def sealed_password_moved(stage: Stage) -> Attempt:
    """The user types the password for the small payment, and later a code without reading its message."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user, HASTY)
    token = shop.linked(user)
    payer = shop.paying_account(token)
    accomplice = stage.numbers(stage.stranger)["I"]
    small, large = (
        shop.order_transfer(token, payer, amount, accomplice, stage.stranger.name).data["transfer_id"]
        for amount in (SHOWN, WANTED)
    )
    _, shown = shop.embed_payment(small)
    with FrameVisit(stage.world.authority, shown.frame_url) as frame:
        sealed = frame.look().sealed(stage.user.password)
    stage.attack_begins()
    try:
        return _move(stage, shop, user, large, sealed)
    except Problem as problem:
        # An OAuth endpoint says 400 to all that is not about the client itself.
        return Attempt(400, problem.code)


def _move(stage: Stage, shop: Partner, user: HeadlessUser, transfer_id: str, sealed: str) -> Attempt:
    flow, form = shop.embed_payment(transfer_id)
    user.phone.put_aside()
    shop.client.embedded.hand_over(form.session, sealed)
    with FrameVisit(stage.world.authority, form.frame_url) as frame:
        # The frame shows the large amount, as the message does; this user looks at neither.
        step = shop.client.embedded.hand_over(form.session, frame.look().sealed(user.phone.wait_for_code().code))
    paying = shop.tokens_of_step(flow, step)
    return Attempt(shop.execute_transfer(paying.access_token, transfer_id, WANTED).status)
