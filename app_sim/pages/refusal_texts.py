"""What the wallet says of refusals to its users, where the catalogue speaks to developers.

``DETAILS_ZH``: the details of the wallet's own refusals, and of its SDK's, in Chinese. ``MEANINGS``: what some codes
mean to a user of the wallet, and what they can do next. Elsewhere the catalogue's title, in both languages, stands.
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
    "Too many payments came to nothing lately, so the wallet takes none for a moment.": (
        "近期多笔付款未得到明确结果，钱包暂停受理付款片刻。"
    ),
    "Too many wait for this answer of the bank already.": "已有较多请求在等待银行的这项应答，请稍后再试。",
    "The bank has asked the wallet to wait.": "银行要求钱包稍候。",
    "You ask faster than anybody reads.": "您的访问过于频繁。",
    "This is not the operators' code.": "运维口令错误。",
    "Say in 3 to 400 characters what was done.": "请用3到400个字符说明处理措施。",
    "This ticket is closed, or there is none of that number.": "工单已关闭或不存在。",
    "Only who has taken a ticket closes it, and once.": "只有领取人可以关闭工单，且只能关闭一次。",
    "The bank did not answer.": "银行没有应答。",
    "The bank was not reached.": "无法连接银行。",
    "The bank's TLS certificate does not hold.": "银行的TLS证书无效。",
}

_LINK_ENDED = (
    ("The bank no longer lets the wallet see your accounts.", "银行已不再允许钱包查看您的账户。"),
    (
        "The consent was revoked, or it ran out. Link your bank account again to go on.",
        "授权已被撤销或已到期。如需继续使用，请重新关联银行账户。",
    ),
)
_TOO_MUCH = (
    ("Too much was asked at once.", "短时间内的请求过多。"),
    ("Your money and your payments are not affected.", "您的资金与付款不受影响。"),
)
_TRY_BELOW = "Try again in the bank's form below."
_TRY_BELOW_ZH = "请在下方的银行表单中重新输入。"

# By code: title and advice, each in English and Chinese.
MEANINGS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "CONSENT_REVOKED": _LINK_ENDED,
    "CONSENT_EXPIRED": _LINK_ENDED,
    "TOKEN_REVOKED": _LINK_ENDED,
    "API_SERVICES_CLOSED": (
        ("You have closed access for all applications at the bank.", "您已在银行关闭全部接口服务。"),
        (
            "Reopen it on the bank's own pages, then link your bank account again.",
            "请先在银行页面重新开通，再重新关联银行账户。",
        ),
    ),
    "RATE_LIMITED": _TOO_MUCH,
    "QUOTA_EXCEEDED": _TOO_MUCH,
    "CONCURRENCY_LIMIT": _TOO_MUCH,
    "QUOTA_SUSPENDED": _TOO_MUCH,
    "access_denied": (
        ("You declined at the bank.", "您在银行选择了拒绝。"),
        ("The wallet got no access, and no money has moved.", "钱包没有获得任何权限，也没有发生付款。"),
    ),
    "STATE_MISMATCH": (
        ("This answer of the bank does not belong to your visit.", "银行返回的结果与您当前的操作对不上。"),
        (
            "For your safety it was not used. Please start again from the home page.",
            "为安全起见，该结果未被采用。请回到首页重新开始。",
        ),
    ),
    "RESOURCE_NOT_AUTHORIZED": (
        ("Nothing of this kind belongs to you here.", "没有找到属于您的这项内容。"),
        ("Check the address, or look for it in your history.", "请检查地址，或在记录中查找。"),
    ),
    "AMOUNT_INVALID": (
        ("Please enter an amount above zero, with two decimals.", "请输入大于零的金额，保留两位小数。"),
        ("For example 12.30.", "例如 12.30。"),
    ),
    "LOGIN_FAILED": (("The password is wrong.", "密码错误。"), (_TRY_BELOW, _TRY_BELOW_ZH)),
    "OTP_INVALID": (("The code is wrong.", "验证码错误。"), (_TRY_BELOW, _TRY_BELOW_ZH)),
}
