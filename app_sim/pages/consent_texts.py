"""What the wallet says of the consents it holds, and of payments that recur, in English and Chinese."""

from __future__ import annotations

CONSENTS: dict[str, tuple[str, str]] = {
    "consents": ("Consents", "授权"),
    "consents_lead": (
        "What you have allowed the wallet at the bank, asked of the bank just now. The bank has the last word: there"
        " you can also take back a single account, or all of it.",
        "您在银行给钱包的授权，以下内容刚刚向银行查询。最终以银行为准：您也可以在银行收回单个账户或全部授权。",
    ),
    "account_consent": ("See accounts and order payments", "查看账户、发起付款"),
    "consent_over": (
        "This consent is over at the bank. Link your account again to go on.",
        "该授权在银行已失效，如需继续使用，请重新关联。",
    ),
    "no_consents": ("The wallet holds no consent of yours.", "钱包没有您的任何授权。"),
    "consent_may": ("The wallet may", "允许的内容"),
    "consent_until": ("Valid until", "有效期至"),
    "consent_accounts": ("Accounts", "账户"),
    "consent_days_left": ("{days} days left", "还有{days}天"),
    "renew_consent": ("Renew", "续期"),
    "renew_hint": (
        "Renewing keeps content and accounts and moves the end; you confirm it at the bank.",
        "续期不改变内容和账户，只延长有效期，须在银行确认。",
    ),
    "amend_consent": ("Change accounts", "变更账户"),
    "recurring": ("Recurring payments", "定期付款"),
    "manage_recurring": ("Set up, pay or end", "设置、付款或取消"),
    "recurring_lead": (
        "Rent, a club, a magazine: agree once at the bank, and the wallet pays on time, to this payee only and never"
        " more than you agreed to.",
        "房租、会费、订阅：在银行同意一次，钱包就会按时付款，只付给这一位收款人，且不会超过您同意的金额。",
    ),
    "no_recurring": ("No recurring payments yet.", "暂无定期付款。"),
    "new_recurring": ("Set up a recurring payment", "新建定期付款"),
    "each_time": ("Amount each time, in yuan (CNY)", "每次金额（元）"),
    "how_often": ("How often", "频率"),
    "every_month": ("every month", "每月"),
    "every_day": ("every day", "每天"),
    "how_many": ("How many times", "次数"),
    "how_many_hint": ("After that it ends by itself; 2 to 60.", "达到次数后自动结束，2至60次。"),
    "recurring_hint": (
        "You sign at the bank: payee, limits and end are bound to your confirmation there, and the bank tells you of"
        " each debit by text message. The first payment follows at once. The wallet keeps neither the payee's name nor"
        " number.",
        "请在银行签订：收款人、限额和期限与您在银行的确认绑定，每笔扣款银行都会短信通知。首笔随即执行。"
        "钱包不保存收款人的姓名和账号。",
    ),
    "to_payee": ("To account", "收款账户"),
    "next_due": ("Next payment", "下次付款"),
    "no_more_due": ("none", "无"),
    "agreement_active": ("Active", "进行中"),
    "agreement_ended": ("Ended", "已结束"),
    "cancel_recurring": ("End this recurring payment", "取消定期付款"),
    "cancel_recurring_means": (
        "The bank is told at once and nothing more is taken. To pay again you agree anew at the bank.",
        "钱包立即告知银行，此后不再扣款；如需恢复，须在银行重新签订。",
    ),
    "cancel_recurring_now": ("Yes, end it", "确认取消"),
    "run_recurring": ("Pay what is due now", "立即执行到期付款"),
    "debits": ("Payments made", "付款明细"),
    "debit_executed": ("Paid", "已付款"),
    "debit_refused": ("Refused", "被拒绝"),
    "debit_held": ("The bank is checking it", "银行核实中"),
    "debit_unknown": ("Result unknown", "结果未知"),
    "held_agreements": ("Recurring payments", "定期付款"),
    "held_agreements_for": ("To pay on time what you agreed to at the bank", "按您在银行同意的协议按时付款"),
    "held_agreements_until": (
        "you delete your data; its tokens go when the agreement ends",
        "您删除数据为止；协议结束时删除令牌",
    ),
    "held_debits": ("Debits", "扣款"),
    "held_debits_for": ("To tell you what was paid, and never to pay twice", "告知您付款结果，并避免重复付款"),
    "held_debits_until": ("without limit, as proof", "长期留存备查"),
    "event_agreed": ("Payment agreement signed at the bank", "在银行签订付款协议"),
    "api_debits_create": ("Debit under an agreement", "按协议扣款"),
    "api_oauth_introspect": ("Ask how a consent stands", "查询授权状态"),
    "allows_accounts_list": ("see the list of accounts", "查看账户清单"),
    "allows_accounts_balances": ("see balances", "查看余额"),
    "allows_accounts_transactions": ("see transactions", "查看交易明细"),
    "allows_transfers_create": ("prepare payments", "填写转账单"),
    "allows_transfers_get": ("see how a payment ended", "查询付款结果"),
}
