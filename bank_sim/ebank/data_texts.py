"""What each interface means for the user who allows it, in their words: what the application gets, and what it may do.

Keyed by API_ID. An interface without words of its own is shown under its name in the catalogue.
"""

from __future__ import annotations

from typing import NamedTuple

from bank_sim.registry.api import Api
from bank_sim.web import Language


class Allowed(NamedTuple):
    """``name``: a heading of a few words. ``meaning``: one sentence, "" where there is none."""

    name: str
    meaning: str


_ZH = {
    "accounts.list": Allowed("账户清单", "您勾选的账户：类型、币种和隐去中间几位的账号"),
    "accounts.balance": Allowed("账户余额", "账面余额和可用余额"),
    "accounts.balances": Allowed("余额一览", "您勾选的各账户的账面余额和可用余额"),
    "accounts.transactions": Allowed("交易明细", "时间、金额、用途和交易后余额；对方的姓名与账号只显示一部分"),
    "accounts.limits": Allowed("付款限额", "今天、今年还可以付多少"),
    "wealth.holdings": Allowed("理财持仓", "持有的理财产品、份额和市值"),
    "points.get": Allowed("积分", "积分余额"),
    "transfers.create": Allowed("填写转账单", "应用替您填好收款人和金额；此时不扣款，每一笔都要您在本行页面确认"),
    "transfers.execute": Allowed("付款", "只能执行您在本行确认过的付款"),
    "transfers.get": Allowed("查询付款结果", "这笔付款是否成功"),
    "debits.create": Allowed("按协议扣款", "只付给您同意的收款人，只在您同意的限额和期限内"),
}
_EN = {
    "accounts.list": Allowed("List of accounts", "The accounts you tick: kind, currency and a partly hidden number"),
    "accounts.balance": Allowed("Balances", "What is booked and what is available"),
    "accounts.balances": Allowed("Balances at a glance", "What is booked and available on the accounts you tick"),
    "accounts.transactions": Allowed(
        "Transactions", "Time, amount, purpose and balance after; the other side's name and number are partly hidden"
    ),
    "accounts.limits": Allowed("Payment limits", "What may still be paid today and this year"),
    "wealth.holdings": Allowed("Investments", "Products you hold, units and market value"),
    "points.get": Allowed("Points", "How many you have"),
    "transfers.create": Allowed(
        "Prepare transfers", "It fills in payee and amount. No money moves: you confirm each payment at this bank"
    ),
    "transfers.execute": Allowed("Pay", "Only what you have confirmed at this bank"),
    "transfers.get": Allowed("Outcome of a payment", "Whether it went through"),
    "debits.create": Allowed("Debit under an agreement", "Only to the payee and within the limits that you agreed to"),
}
WORDS: dict[Language, dict[str, Allowed]] = {"zh": _ZH, "en": _EN}


def in_words(api: Api, language: Language) -> Allowed:
    return WORDS[language].get(api.api_id) or Allowed(api.summary_zh if language == "zh" else api.summary, "")
