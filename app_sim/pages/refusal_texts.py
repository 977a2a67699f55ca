"""The details of the wallet's own refusals, and of its SDK's, for users who read Chinese.

Refusals of the bank bring a detail for developers, in English; its title, which is in both languages, is for users.
"""

from __future__ import annotations

DETAILS_ZH: dict[str, str] = {
    "A nickname has 1 to 24 characters.": "昵称为1到24个字符。",
    "A nickname must not look like a phone, card or identity number.": "昵称不能像手机号、卡号或证件号。",
    "No bank account is linked.": "尚未关联银行账户。",
    "The link was ended meanwhile.": "关联已在此期间解除。",
    "The result of an earlier payment is unknown; have it queried first.": "上一笔付款结果未知，请先查询。",
    "The result of a payment is unknown; have it queried first.": "有付款结果未知，请先查询。",
    "The user's confirmation is spent.": "您的确认已使用。",
    "The bank's answer is about another order.": "银行应答对应的是另一笔订单。",
    "This is not an order number of the wallet.": "订单号不是本钱包的。",
    "The form is over; open it again.": "表单已失效，请重新打开。",
    "lang is zh or en.": "语言只能是中文或英文。",
    "The bank has not been answering, so the wallet rests from asking it for a moment.": (
        "银行此前一直没有应答，钱包暂停请求片刻。"
    ),
    "The bank did not answer.": "银行没有应答。",
    "The bank was not reached.": "无法连接银行。",
    "The bank's TLS certificate does not hold.": "银行的TLS证书无效。",
}
