"""A user binds their phone to the bank and confirms a transfer by a tap: the phone signs payee and amount."""

from __future__ import annotations

from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text
from user_sim.codes import CODE
from user_sim.second_factors import bind_phone


@scenario(
    "transfer-by-device-key",
    kind="happy",
    clauses=("7.2.1-b-2.2", "10.2.2-1", "10.2.2-2.2", "10.2.2-3.1"),
    summary_en="The phone holds an SM2 key, shows payee and amount, and signs them after a tap; no code is typed.",
    summary_zh="手机持有SM2密钥，显示收款人和金额，用户点按确认后签名，无需输入验证码。",
)
def transfer_by_device_key(stage: Stage) -> None:
    """1. Bind the phone. 2. Link and pay, confirming on the phone. 3. Compare with the books and the phone."""
    user = stage.wallet_user()
    bind_phone(user)
    notice = user.phone.messages()[0]
    stage.require("****" in notice, Text("the bank tells its customer of the new phone", "银行短信告知已绑定新手机"))
    user.link_bank()
    codes = _codes(user.phone.messages())
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    mark = stage.bank.mark()
    payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT)
    stage.require(payment.state == "executed", Text("the wallet says: executed", "钱包显示：已执行"), payment.state)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    silent = Text("no code travelled by text message", "全程没有发送短信验证码")
    stage.require(_codes(user.phone.messages()) == codes, silent)
    signed = stage.bank.signed_statements(stage.user.login_name)
    named = Text("what the phone signed names the payee's account and the amount", "手机所签内容载明收款账号与金额")
    stage.require(any(AMOUNT in each and theirs[-4:] in each for each in signed), named, signed)


def _codes(messages: list[str]) -> list[str]:
    """The codes in a person's messages; that a payment was made is told by one as well, and holds none."""
    return [code for each in messages for code in CODE.findall(each)]
