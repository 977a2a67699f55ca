"""What each member of the published messages means, in two languages. A test holds it to the gateway's document.

Where the document says more of a member (a pattern, choices), the page shows that beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

_MEANINGS: Mapping[str, tuple[str, str]] = {
    "account_class": (
        "Class of the account: I, II or III; it decides the limits.",
        "账户类别（I、II、III 类），决定支付限额。",
    ),
    "account_masked": ("Account number, the middle masked.", "账号，中间位已屏蔽。"),
    "account_ref": (
        "Reference of one account under one consent; it means nothing elsewhere.",
        "某次授权下某个账户的引用，离开该授权即无意义。",
    ),
    "accounts": ("masked, or full where the bank has granted that.", "masked（脱敏）或 full（完整，须银行批准）。"),
    "amount": ("Decimal string with two places.", "金额，两位小数的字符串。"),
    "annual_limit": ("How much may be paid in a year.", "年累计限额。"),
    "annual_rate_percent": ("Per cent a year.", "年利率，单位为百分之一。"),
    "annual_used": ("How much of it is used.", "年累计已用额度。"),
    "as_of": ("The moment the figures are of, in UTC.", "数据时点，UTC 时间。"),
    "available_balance": ("What can be spent now.", "可用余额。"),
    "balance_after": ("Ledger balance after this entry.", "该笔入账后的账面余额。"),
    "buy": ("The bank buys at this price.", "银行买入价。"),
    "category": ("Kind of product.", "产品类别。"),
    "code": ("Short name of the rate.", "利率或汇率代码。"),
    "content": ("This part of the file: lines of JSON.", "文件的这一段，每行一个 JSON。"),
    "count": ("How many there are.", "数量。"),
    "counterparty_account_masked": ("The other side's account, masked.", "对方账号，已屏蔽。"),
    "counterparty_name_masked": ("The other side's name, masked.", "对方户名，已屏蔽。"),
    "created_at": ("When the order was taken, in UTC.", "指令创建时间，UTC。"),
    "creditor_account": ("The payee's full account number. It travels sealed.", "收款账号全文，须加密传输。"),
    "creditor_account_masked": ("The payee's account, masked.", "收款账号，已屏蔽。"),
    "creditor_name": (
        "The payee's full name. It travels sealed and must match the account.",
        "收款户名全文，须加密传输，且与账号相符。",
    ),
    "creditor_name_masked": ("The payee's name, masked.", "收款户名，已屏蔽。"),
    "currency": ("ISO 4217 code.", "币种，ISO 4217 代码。"),
    "cursor": ("next_cursor of the page before.", "上一页返回的 next_cursor。"),
    "daily_limit": ("How much may be paid in a day.", "日累计限额。"),
    "daily_used": ("How much of it is used today.", "当日已用额度。"),
    "day": ("Calendar day of Beijing.", "北京时间自然日。"),
    "debtor_account_masked": ("The payer's account, masked.", "付款账号，已屏蔽。"),
    "debtor_account_ref": (
        "Which account pays: an account_ref of this consent.",
        "付款账户：本次授权下的 account_ref。",
    ),
    "deposit": ("Interest rates of deposits.", "存款利率。"),
    "description": ("What the product is, in English.", "产品说明（英文）。"),
    "description_zh": ("What the product is, in Chinese.", "产品说明（中文）。"),
    "direction": ("Whether money went out or came in.", "资金方向：支出或收入。"),
    "exchange": ("Exchange rates.", "外汇牌价。"),
    "executed_at": ("When money moved, in UTC.", "执行时间，UTC。"),
    "rejected_by": ("Who said no: the payer at the bank, or the bank.", "拒绝方：付款人或银行。"),
    "expires_at": ("Until when it can be executed, in UTC.", "须在此时间之前执行，UTC。"),
    "holder_name_masked": ("The holder's name, masked.", "户名，已屏蔽。"),
    "holdings": ("What the user holds.", "持有的产品。"),
    "items": ("The entries.", "条目列表。"),
    "kind": ("Deposit, loan or exchange rate.", "存款利率、贷款利率或汇率。"),
    "ledger_balance": ("Balance in the books, holds included.", "账面余额，含冻结部分。"),
    "limit": ("Entries on a page.", "每页条数。"),
    "loan": ("Interest rates of loans.", "贷款利率。"),
    "made_at": ("When the file was made, in UTC.", "文件生成时间，UTC。"),
    "market_value": ("What the units are worth.", "持仓市值。"),
    "minimum_amount": ("The least that can be bought.", "起购金额。"),
    "name": ("Name in English.", "英文名称。"),
    "name_zh": ("Name in Chinese.", "中文名称。"),
    "next_cursor": ("Send it as cursor for the next page; absent on the last.", "下一页的 cursor；最后一页没有。"),
    "order_no": ("Your own number for this order, never used twice.", "应用方自己的订单号，不得重复。"),
    "part": ("Which part of the file, from 1.", "文件的第几段，从 1 起。"),
    "parts": ("How many parts the file has.", "文件共几段。"),
    "points": ("How many points the user has.", "积分数。"),
    "posted_at": ("When it was booked, in UTC.", "入账时间，UTC。"),
    "product_id": ("The bank's name for the product.", "产品标识。"),
    "purpose": (
        "Words for payer and payee; no numbers of accounts, persons or phones.",
        "附言，不得含账号、证件号或手机号。",
    ),
    "risk_level": ("R1 (lowest) to R5.", "风险等级，R1 最低，R5 最高。"),
    "risk_level_max": ("Nothing riskier; products without a level stay.", "最高风险等级；未评级的产品不受影响。"),
    "sealed": ("The sensitive members as one JWE.", "敏感字段的密文（JWE）。"),
    "sell": ("The bank sells at this price.", "银行卖出价。"),
    "serial": ("The bank's serial number of the transaction.", "银行交易流水号。"),
    "statement": ("The bank's signature on the whole file (JWS).", "银行对整份文件的签名声明（JWS）。"),
    "state": ("Where the transfer stands.", "转账状态。"),
    "term_days": ("Term in days.", "期限（天）。"),
    "term_months": ("Term in months.", "期限（月）。"),
    "transfer_id": ("The bank's name for this transfer.", "转账指令标识。"),
    "units": ("How many units are held.", "持有份额。"),
}

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "en": {name: said[0] for name, said in _MEANINGS.items()},
    "zh": {name: said[1] for name, said in _MEANINGS.items()},
}
"""By language, then by the member's name."""
