"""What the wallet's pages say, in English and Chinese. Refusals bring their own words from the catalogue.

A page asks for Chinese when its browser prefers Chinese, and gets English otherwise.
"""

from __future__ import annotations

from typing import Literal

Lang = Literal["en", "zh"]

_TEXTS: dict[str, tuple[str, str]] = {
    "html_lang": ("en", "zh-CN"),
    # Every page
    "skip": ("Skip to content", "跳到正文"),
    "sandbox": ("Simulation: no real bank, no real money.", "仿真环境：非真实银行，非真实资金。"),
    "not_the_bank": (
        "{wallet} is not a bank. What you tell the wallet is collected by the wallet, not by the bank, and has"
        " nothing to do with the bank's services.",
        "{wallet}不是银行。您向钱包提供的信息由钱包收集，而非银行收集，与银行服务无关。",
    ),
    "home": ("Home", "首页"),
    "accounts": ("Accounts", "账户"),
    "pay": ("Pay", "付款"),
    "history": ("History", "历史记录"),
    "products": ("Products", "产品"),
    "sign_out": ("Sign out", "退出"),
    # Home
    "welcome": ("Your accounts in one light", "一束微光，看见账户"),
    "hello": ("Hello, {nickname}", "您好，{nickname}"),
    "sign_in": ("Sign in", "登录"),
    "nickname": ("Nickname", "昵称"),
    "nickname_hint": (
        "Any name you like. Please no phone, card or identity number: the wallet keeps no personal data, and"
        " recognises you by this browser.",
        "任意昵称即可，请勿填写手机号、卡号或证件号：钱包不保存个人信息，仅凭本浏览器识别您。",
    ),
    "own_consent": (
        "By signing in you agree that the wallet keeps this nickname, your payments with masked account numbers, and"
        " a log of your logins, authorizations and transactions. Your consent at the bank is a separate one.",
        "登录即表示您同意钱包保存该昵称、含脱敏账号的付款记录，以及登录、授权和交易日志。您在银行的授权另行取得。",
    ),
    "link": ("Link a bank account", "关联银行账户"),
    "link_hint": (
        "You are sent to the bank, prove there who you are, and choose which accounts the wallet may see. The wallet"
        " never learns your bank password or codes.",
        "您将前往银行页面，在银行验证身份并选择允许钱包查看的账户。钱包不会获知您的银行密码和验证码。",
    ),
    "linked": ("A bank account is linked.", "已关联银行账户。"),
    "show_accounts": ("Show balances", "查看余额"),
    "make_payment": ("Make a payment", "发起付款"),
    # Accounts
    "account": ("Account", "账户"),
    "holder": ("Holder", "户名"),
    "account_class": ("Class", "类别"),
    "available": ("Available", "可用余额"),
    "ledger": ("Ledger balance", "账面余额"),
    "as_of": ("As of", "截至"),
    "live": ("Fetched from the bank just now; the wallet keeps no balances.", "刚刚从银行实时获取；钱包不保存余额。"),
    "transactions": ("Transactions", "交易明细"),
    "no_transactions": ("No transactions yet.", "暂无交易。"),
    "time": ("Time", "时间"),
    "debit": ("out", "支出"),
    "credit": ("in", "收入"),
    "counterparty": ("Counterparty", "对方"),
    "amount": ("Amount", "金额"),
    "unlink": ("Unlink", "解除关联"),
    "unlink_hint": (
        "The wallet gives its access back to the bank and forgets it. You can also revoke it at the bank.",
        "钱包将把访问权限交还银行并删除。您也可以在银行端撤销授权。",
    ),
    # Paying
    "from_account": ("From account", "付款账户"),
    "payee_account": ("Payee's account number", "收款账号"),
    "payee_name": ("Payee's name", "收款人户名"),
    "purpose": ("Purpose (optional)", "附言（选填）"),
    "amount_yuan": ("Amount in yuan (CNY)", "金额（元）"),
    "pay_hint": (
        "The payee is sealed for the bank at once, not kept by the wallet. You confirm payee and amount at the bank.",
        "收款人信息将立即加密发往银行，钱包不予保存。请在银行页面确认收款人与金额。",
    ),
    "continue_at_bank": ("Continue at the bank", "前往银行确认"),
    "payment": ("Payment", "付款"),
    "payments": ("Payments", "付款记录"),
    "no_payments": ("No payments yet.", "暂无付款。"),
    "order_no": ("Order number", "订单号"),
    "state": ("State", "状态"),
    "to_account": ("To account", "收款账户"),
    "serial": ("Bank serial number", "银行流水号"),
    "state_created": ("Waiting for your confirmation at the bank", "等待您在银行确认"),
    "state_authorised": ("Confirmed, not executed yet", "已确认，尚未执行"),
    "state_executing": ("Being executed", "执行中"),
    "state_unknown": ("Result unknown", "结果未知"),
    "state_executed": ("Executed", "已执行"),
    "state_rejected": ("Not executed", "未执行"),
    "unknown_hint": (
        "The bank's answer did not arrive or could not be trusted, so the wallet does not guess. It asks the bank each"
        " time this page is loaded. Please do not pay again before the result is certain.",
        "银行应答未到达或不可信，钱包不作猜测。每次打开本页都会向银行查询。结果确定前请勿重复付款。",
    ),
    "complete": ("Complete this payment", "继续执行该笔付款"),
    "ask_again": ("Ask the bank again", "再次查询"),
    "still_unknown": ("The bank could not be asked", "暂时无法查询银行"),
    "link_to_ask": (
        "Without a linked bank account the wallet may not be allowed to ask any more. Link one again, and it can.",
        "未关联银行账户时，钱包可能无权继续查询。重新关联后即可查询。",
    ),
    # History
    "history_hint": (
        "Your own logins, authorizations and transactions at the wallet; nobody else's.",
        "仅显示您本人在钱包的登录、授权和交易记录。",
    ),
    "events": ("Events", "事件记录"),
    "kind": ("Kind", "类型"),
    "event": ("Event", "事件"),
    "result": ("Result", "结果"),
    "kind_login": ("Login", "登录"),
    "kind_authorization": ("Authorization", "授权"),
    "kind_transaction": ("Transaction", "交易"),
    "result_success": ("success", "成功"),
    "result_failure": ("failure", "失败"),
    "result_unknown": ("unknown", "未知"),
    "event_signed_in": ("signed in", "登录"),
    "event_signed_out": ("signed out", "退出"),
    "event_asked": ("asked for at the bank", "向银行申请授权"),
    "event_linked": ("accounts linked", "关联账户"),
    "event_confirmed": ("payment confirmed at the bank", "付款已在银行确认"),
    "event_refused": ("refused", "被拒绝"),
    "event_unlinked": ("unlinked", "解除关联"),
    "event_ended_by_bank": ("ended at the bank", "授权已在银行终止"),
    "event_created": ("order placed", "创建订单"),
    "event_authorised": ("ready to execute", "待执行"),
    "event_executing": ("sent for execution", "发送执行"),
    "event_unknown": ("result unknown", "结果未知"),
    "event_executed": ("executed", "已执行"),
    "event_rejected": ("not executed", "未执行"),
    # Products
    "products_hint": ("Public information of the bank; no account needed.", "银行公开信息，无需账户。"),
    "rates": ("Rates", "利率与汇率"),
    "product": ("Product", "产品"),
    "category": ("Category", "类别"),
    "rate": ("Rate", "利率"),
    "buy": ("Buy", "买入"),
    "sell": ("Sell", "卖出"),
    "risk": ("Risk", "风险等级"),
    "minimum": ("Minimum", "起购金额"),
    "category_deposit": ("Deposit", "存款"),
    "category_wealth": ("Wealth", "理财"),
    "category_fund": ("Fund", "基金"),
    "category_loan": ("Loan", "贷款"),
    # What went wrong
    "error": ("That did not work", "操作未成功"),
    "failed": ("Something failed in the wallet.", "钱包内部错误。"),
    "code": ("Code", "错误码"),
    "bank_said": ("Bank's code", "银行错误码"),
    "trace_id": ("Trace ID", "跟踪号"),
    "untrusted": (
        "This refusal was not signed by the bank, so it may come from somebody else.",
        "该拒绝应答未经银行签名，可能并非来自银行。",
    ),
    "error_hint": ("Name the trace ID when you ask for help.", "寻求帮助时请提供跟踪号。"),
}

EN: dict[str, str] = {name: english for name, (english, _) in _TEXTS.items()}
ZH: dict[str, str] = {name: chinese for name, (_, chinese) in _TEXTS.items()}


def language(preferred: str | None) -> Lang:
    """The language for a browser's first choice, such as ``zh-CN`` or ``de``."""
    return "zh" if (preferred or "").lower().startswith("zh") else "en"


def texts(lang: Lang) -> dict[str, str]:
    return ZH if lang == "zh" else EN
