"""The words of the console about a customer's data and about exports of the log: English, then Chinese."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "customers": ("Customer", "客户查询"),
    "customers_lead": (
        "For a case that you are working on, one customer at a time, masked. Every look is written into the journal,"
        " with the case.",
        "仅限正在处理的案件，逐户查询，信息脱敏显示。每次查询连同案件编号记入员工操作日志。",
    ),
    "customer_case": ("Case", "案件"),
    "customer_no_case": ("none", "无"),
    "customer_look": ("Look", "查询"),
    "customer_name": ("Name", "姓名"),
    "customer_phone": ("Phone", "手机号"),
    "customer_calls": ("Calls about this customer", "该客户相关调用"),
    "customer_accounts": ("Accounts", "账户"),
    "customer_account": ("Account", "账号"),
    "customer_class": ("Class", "类别"),
    "customer_consents": ("Consents", "授权"),
    "customer_no_consents": ("This customer never gave a consent.", "该客户从未授权。"),
    "customer_state": ("State", "状态"),
    "customer_states": (
        {
            "requested": "asked for", "authorised": "in force", "used": "used up", "expired": "expired",
            "revoked": "revoked", "declined": "declined", "replaced": "replaced",
        },
        {
            "requested": "待确认", "authorised": "有效", "used": "已使用", "expired": "已到期", "revoked": "已撤销",
            "declined": "已拒绝", "replaced": "已被替换",
        },
    ),
    "exports": ("Exports of the log", "日志导出"),
    "exports_lead": (
        "Records leave the house when one asks and another agrees. Whoever asked may fetch them for a day; each"
        " download is written into the journal.",
        "日志导出须由一人申请、另一人复核。申请人可在一日内下载，每次下载均记入员工操作日志。",
    ),
    "exports_none": ("Nobody has asked for one.", "尚无导出申请。"),
    "export_first": ("From record", "起始记录"),
    "export_last": ("To record", "截止记录"),
    "export_choose": ("Choose", "选择"),
    "export_ask": ("Ask for {first} – {last}…", "申请导出{first}–{last}…"),
    "export_stretch": ("Records", "记录"),
    "export_state": ("State", "状态"),
    "export_states": (
        {"open": "waits for a reviewer", "approved": "agreed", "rejected": "refused", "withdrawn": "withdrawn"},
        {"open": "待复核", "approved": "已同意", "rejected": "已拒绝", "withdrawn": "已撤回"},
    ),
    "export_download": ("Download", "下载"),
    "proposal_export_log": ("Export records of the log", "导出访问日志"),
}  # fmt: skip

_ACTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "propose_log_export": {
        "title": ("Ask for an export of the log", "申请导出访问日志"),
        "what": (
            "Nothing leaves yet. Once a reviewer agrees, you may download these records for a day.",
            "暂不导出。复核通过后，您可在一日内下载这些记录。",
        ),
        "reason": ("For which case, and who gets them?", "案件及接收方"),
        "button": ("Ask", "提交"),
        "done": ("Asked. A reviewer must agree.", "已提交，待复核。"),
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
