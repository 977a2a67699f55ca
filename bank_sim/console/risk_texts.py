"""The words of the console about risky payments: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "risky_payments": ("Risky payments", "交易风险"),
    "risk_lead": (
        "Every payment through an application is judged before it is posted. What is doubtful waits here until somebody"
        " of the bank has looked. Of the last day:",
        "应用发起的每笔付款在入账前均经风险判定，可疑付款在此等待核查。最近一天：",
    ),
    "risk_case": ("Case", "案件"),
    "amount": ("Amount", "金额"),
    "risk_kinds": (
        {"review": "Held payment", "refused": "Refused payment", "posted": "Payment to be reported"},
        {"review": "暂缓付款", "refused": "拒绝付款", "posted": "大额付款"},
    ),
    "risk_states": (
        {
            "open": "waits", "taken": "in hand", "released": "carried out", "refused": "not carried out",
            "closed": "closed",
        },
        {"open": "待受理", "taken": "核查中", "released": "已放行", "refused": "不予办理", "closed": "已结案"},
    ),
    "risk_verdicts": (
        {"pass": "passed", "step_up": "stronger factor", "hold": "held", "reject": "rejected"},
        {"pass": "通过", "step_up": "加强验证", "hold": "暂缓核查", "reject": "拒绝"},
    ),
    "risk_suspicious": ("reported as suspicious", "已报可疑"),
    "risk_running": ("Waiting for a decision", "待处置"),
    "risk_none": ("Nothing waits.", "暂无待处置案件。"),
    "risk_opened": ("Since", "发生时间"),
    "risk_due": ("Due", "办结时限"),
    "risk_ended": ("Decided", "处置"),
    "risk_payment": ("The payment", "付款"),
    "risk_customer": ("Customer", "客户号"),
    "risk_from": ("From", "付款账户"),
    "risk_to": ("To", "收款方"),
    "risk_factor": ("Confirmed with", "确认方式"),
    "risk_factors": (
        {
            "password": "password", "sms_code": "code by text message", "totp": "authenticator",
            "device_key": "key on the phone", "security_key": "security key",
        },
        {
            "password": "密码", "sms_code": "短信验证码", "totp": "动态口令", "device_key": "手机密钥",
            "security_key": "安全密钥",
        },
    ),
    "risk_standing": ("under an agreement", "按协议扣款"),
    "comma": (", ", "，"),
    "risk_transfer": ("Transfer", "转账号"),
    "risk_why": ("Why it was hit", "命中规则"),
    "risk_call_back": (
        "Call the customer on the number that the bank has on file, and ask who asked them to pay. Nothing has left the"
        " account.",
        "请拨打客户预留电话回访，询问付款缘由及是否受他人指使。款项尚未付出。",
    ),
    "risk_release_waits": ("{who} proposes to carry it out.", "{who}申请放行。"),
    "risk_decide": ("Decide", "复核"),
    "risk_propose_release": ("Propose to carry it out", "申请放行"),
    "risk_refuse": ("Do not carry it out", "不予办理"),
    "risk_close": ("Close the case", "结案"),
    "risk_report_it": ("Report as suspicious", "报告可疑交易"),
    "risk_note": ("Add a note", "添加记录"),
    "risk_history": ("What was done", "处置过程"),
    "risk_nobody": ("Nobody decided by the time it was due.", "逾期无人处置。"),
    "risk_steps": (
        {
            "open": "opened", "take": "taken", "note": "note", "release": "carried out", "refuse": "not carried out",
            "close": "closed", "report": "reported as suspicious", "escalate": "overdue, alarm raised",
        },
        {
            "open": "立案", "take": "受理", "note": "记录", "release": "放行", "refuse": "不予办理", "close": "结案",
            "report": "报告可疑", "escalate": "逾期告警",
        },
    ),
    "risk_earlier": ("What this customer paid through applications", "该客户近期经应用的付款"),
    "risk_listed": ("Accounts that take no part in payments", "涉案账户"),
    "risk_account": ("Account", "账户"),
    "risk_waits": ("removal proposed", "待复核移出"),
    "risk_delist": ("Remove…", "移出…"),
    "risk_reports": ("Reports to the authority", "反洗钱报告"),
    "risk_reports_lead": (
        "Drawn up by the engine or by a colleague. The sandbox sends them nowhere.",
        "由系统或员工生成。沙箱不实际报送。",
    ),
    "risk_report": ("Report", "报告"),
    "risk_report_kinds": (
        {"large_value": "large value", "suspicious": "suspicious"},
        {"large_value": "大额交易", "suspicious": "可疑交易"},
    ),
    "risk_day": ("Day", "日期"),
    "risk_payments": ("Payments", "笔数"),
    "risk_rules": ("The rules", "判定规则"),
    "risk_rules_lead": (
        "A payment is judged by all of them; the strongest verdict wins. They stand in one file that anybody can read.",
        "每笔付款逐条判定，取最严结论。规则集中在一个可读的文件中。",
    ),
    "risk_verdict": ("Verdict", "结论"),
    "risk_when": ("When all of these are so", "同时满足"),
    "risk_source": ("Source", "依据"),
    "risk_hours": ("{hours} hours", "{hours}小时"),
    "risk_that_day": ("that day", "当日"),
    "risk_within": ("within {minutes} minutes", "{minutes}分钟内"),
    "risk_within_hours": ("within {hours} hours", "{hours}小时内"),
    "risk_facts": (
        {
            "payee_listed": ("payee not listed", "payee listed"),
            "payer_listed": ("payer not listed", "payer listed"),
            "payee_paid_before": ("never paid before", "paid before"),
        },
        {
            "payee_listed": ("收款账户未列入", "收款账户已列入"),
            "payer_listed": ("付款账户未列入", "付款账户已列入"),
            "payee_paid_before": ("首次向其付款", "曾向其付款"),
        },
    ),
    "risk_measures": (
        {
            "amount_fen": "amount", "hour": "hour in Beijing", "key_age_s": "age of the key",
            "day_out_fen": "paid to others this day", "alike": "payments of such amounts",
            "payments_out": "payments", "paid_out_fen": "paid", "payers_in": "people who paid in",
            "passed_on_percent": "share of what came in",
        },
        {
            "amount_fen": "金额", "hour": "北京时间（时）", "key_age_s": "密钥绑定时长",
            "day_out_fen": "当日向他人付款累计", "alike": "同区间金额笔数", "payments_out": "付款笔数",
            "paid_out_fen": "付款累计", "payers_in": "转入人数", "passed_on_percent": "占转入金额比例",
        },
    ),
    "proposal_release_payment": ("Carry out a held payment", "放行暂缓付款"),
    "proposal_delist_account": ("Remove an account from the list", "移出涉案账户"),
}  # fmt: skip

_ACTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "take_risk_case": {
        "title": ("Take a risk case", "受理风险案件"),
        "what": (
            "Colleagues see that you are at it. It stays with you until it is decided.",
            "同事将看到由您处理，直至案件处置完毕。",
        ),
        "reason": ("What will you do first?", "首先如何核查"),
        "button": ("Take it", "受理"),
        "done": ("It is yours now.", "已受理。"),
    },
    "note_risk_case": {
        "title": ("Add a note to a risk case", "添加案件记录"),
        "what": ("It joins the history of the case.", "记入案件处置过程。"),
        "reason": ("What did you find?", "核查情况"),
        "button": ("Add", "添加"),
        "done": ("Noted.", "已记录。"),
    },
    "propose_payment_release": {
        "title": ("Propose to carry out a held payment", "申请放行暂缓付款"),
        "what": (
            "Nothing moves yet. Once a reviewer agrees, the payment is posted, payer and application are told.",
            "暂不付出。复核通过后入账，并告知付款人和应用方。",
        ),
        "reason": ("How do you know that it is good?", "如何核实无误"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
    "refuse_payment": {
        "title": ("Do not carry out a held payment", "不予办理暂缓付款"),
        "what": (
            "The money is the customer's again, at once and for good; payer and application are told.",
            "款项立即解除暂缓、归还客户支配，不可恢复；付款人和应用方将收到通知。",
        ),
        "reason": ("What speaks against it?", "不予办理的原因"),
        "button": ("Do not carry it out", "不予办理"),
        "done": ("It was not carried out, and the payer is told.", "已不予办理，并已告知付款人。"),
    },
    "close_risk_case": {
        "title": ("Close a risk case", "风险案件结案"),
        "what": ("Nobody need look at it any more.", "案件无需继续处理。"),
        "reason": ("What did you find?", "核查结论"),
        "button": ("Close", "结案"),
        "done": ("Closed.", "已结案。"),
    },
    "report_suspicion": {
        "title": ("Report a payment as suspicious", "报告可疑交易"),
        "what": (
            "A report is drawn up, and the payee's account takes no part in payments any more until two of you remove"
            " it. Nobody may tell the customer of the report.",
            "生成可疑交易报告，收款账户列为涉案账户、停止收付，须经两人复核方可移出。不得向客户透露报告情况。",
        ),
        "reason": ("What makes it suspicious?", "可疑之处"),
        "button": ("Report", "报告"),
        "done": ("Reported; the payee's account is listed.", "已报告，收款账户已列入。"),
    },
    "propose_delisting": {
        "title": ("Propose to remove an account from the list", "申请移出涉案账户"),
        "what": (
            "Nothing happens yet. Once a reviewer agrees, the account may be paid again.",
            "暂不生效。复核通过后该账户恢复收付。",
        ),
        "reason": ("What has been cleared up?", "已查明的情况"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
}

WORDS: dict[str, dict[str, Any]] = {
    language: {name: said[place] for name, said in _SAID.items()} for place, language in enumerate(("en", "zh"))
}
ACTIONS: dict[str, dict[str, dict[str, Any]]] = {
    language: {name: {each: said[place] for each, said in words.items()} for name, words in _ACTIONS.items()}
    for place, language in enumerate(("en", "zh"))
}
"""By language, then as ``texts`` puts them together."""
