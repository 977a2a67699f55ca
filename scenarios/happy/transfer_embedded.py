"""A user confirms a payment on the bank's keypad inside the shop's page; the shop relays what it cannot open."""

from __future__ import annotations

from scenarios.frame import FrameVisit
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text

AMOUNT, AMOUNT_FEN = "88.00", 8800


@scenario(
    "transfer-embedded",
    kind="happy",
    clauses=("6.1-4", "7.2.1-b-2.1", "7.2.1-b-2.2", "7.2.2-3.1.1", "9.3.3-2.2.1", "9.3.3-2.2.2", "10.2.2-2.2"),
    summary_en="A payment confirmed in the shop's page on the bank's keypad in a frame, sealed, relayed unread.",
    summary_zh="在商户页面内确认付款：银行安全键盘以内嵌框呈现，浏览器内加密，商户只转交、不可读。",
)
def transfer_embedded(stage: Stage) -> None:
    """1. Order at the shop. 2. Password and code in the frame, relayed sealed. 3. Execute, compare with the books."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    payer = shop.paying_account(token)
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    mark = stage.bank.mark()
    order = shop.order_transfer(token, payer, AMOUNT, theirs, stage.payee.name)
    flow, form = shop.embed_payment(order.data["transfer_id"])
    user.phone.put_aside()
    with FrameVisit(stage.world.authority, form.frame_url) as visit:
        first = visit.look()
        shown = Text("the frame shows amount and payee's account", "内嵌框显示金额与收款账号")
        stage.require(AMOUNT in first.words and theirs[-4:] in first.words, shown)
        step = shop.client.embedded.hand_over(form.session, first.sealed(stage.user.password))
        stage.require(
            step.next == "otp", Text("the password was right, a code is due", "密码正确，需短信验证码"), step.next
        )
        message = user.phone.wait_for_code()
        named = Text("the code's message names the amount", "验证码短信载明金额")
        stage.require(AMOUNT in message.text, named, message.text)
        step = shop.client.embedded.hand_over(form.session, visit.look().sealed(message.code))
    stage.require(step.next == "done", Text("the bank takes the confirmation", "银行接受确认"), step.next)
    paying = shop.tokens_of_step(flow, step)
    shop.execute_transfer(paying.access_token, order.data["transfer_id"], AMOUNT)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    stage.require_unreadable(
        Text("password and code, though the shop relayed both", "密码与验证码，虽均由商户转交"),
        {"the password": stage.user.password, "the code": f'"{message.code}"'},
    )
