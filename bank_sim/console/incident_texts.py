"""The words of alarms and incidents that several pages show: units, time lines, notices. English, then Chinese."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "unit": (
        {
            "signs": "{value}×", "fault_permille": "{value}‰ failed", "refused_percent": "{value}% refused",
            "p99_ms": "{value} ms", "reported": "found", "networks": "{value} networks",
            "new_network": "{value}× from there", "two_places": "{value}× from the new place",
            "customers": "{value} customers in an hour", "surge": "{value} calls in a quarter of an hour",
            "odd_hour": "{value} calls at that hour",
        },
        {
            "signs": "{value}次", "fault_permille": "故障率{value}‰", "refused_percent": "拒绝率{value}%",
            "p99_ms": "{value}毫秒", "reported": "发现即告警", "networks": "{value}个网络",
            "new_network": "新网络{value}次", "two_places": "新来源{value}次", "customers": "每小时{value}名客户",
            "surge": "一刻钟{value}次",
            "odd_hour": "该时段{value}次",
        },
    ),
    "usual_factor": (", {factor} times what is usual", "，且达惯常的{factor}倍"),
    "suspends_at_once": ("suspends at once", "自动暂停接入"),
    "suspends_hint": (
        "The bank suspends by itself at this alarm, before anybody has looked, and opens an incident.",
        "触发后系统立即自动暂停该应用方接入，并建立事件。",
    ),
    "acted": ("The bank acted by itself", "系统已自动处置"),
    "escalated": ("Nobody took it in time", "逾期无人认领"),
    "line_kind": (
        {
            "opened": "opened", "note": "note", "closed": "closed", "acted": "done by the bank itself",
            "escalated": "overdue", "told": "application told", "asked": "records asked for",
            "answered": "records handed in",
        },
        {
            "opened": "建立", "note": "记录", "closed": "关闭", "acted": "系统自动处置", "escalated": "逾期升级",
            "told": "已告知应用方", "asked": "调取记录", "answered": "已提交记录",
        },
    ),
    "tell_it": ("Tell the application", "告知应用方"),
    "ask_records": ("Ask for its records", "调取其记录"),
    "evidence_title": ("Its log beside ours", "双方日志比对"),
    "evidence_lead": (
        "Both sides wrote down each call under the same trace id. What only one of them has, or tells otherwise, is"
        " what to ask about.",
        "双方均以同一追踪号记录每次调用。只有一方有记录，或结果不一致的，即为调查重点。",
    ),
    "logged_from": ("Calls between", "调用时段"),
    "agreeing": ("alike", "一致"),
    "missing_there": ("missing there", "对方缺失"),
    "unknown_here": ("unknown here", "本行无记录"),
    "contradicting": ("other outcome", "结果不一致"),
    "evidence_agrees": ("agrees", "一致"),
    "evidence_differs": ("differs", "不一致"),
    "evidence_late": ("did not come", "逾期未交"),
    "evidence_waits": ("asked for", "已调取，待提交"),
}  # fmt: skip

_ACTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "tell_application": {
        "title": ("Tell the application", "告知应用方"),
        "what": (
            "The applications that the incident's alarms are about get your words as a signed notice. Name no"
            " customer.",
            "您的说明将以签名通知送达事件涉及的应用方。请勿写入客户信息。",
        ),
        "reason": ("What should it know, and what should it do?", "需告知的情况及对方应采取的措施"),
        "button": ("Tell", "发送"),
        "done": ("The application is told.", "已告知应用方。"),
    },
    "request_evidence": {
        "title": ("Ask the application for its records", "调取应用方记录"),
        "what": (
            "It has a day to hand in its log of calls to the bank, signed with its key. The bank compares it with its"
            " own, call by call, as soon as it comes. A suspended application can answer too.",
            "应用方须在一日内提交经其密钥签名的调用日志，系统收到后即与本行日志逐笔比对。已暂停的应用方同样可以提交。",
        ),
        "reason": ("What is it about?", "调取原因"),
        "button": ("Ask", "调取"),
        "done": ("The application is asked.", "已向应用方调取。"),
    },
}

WORDS: dict[str, dict[str, Any]] = {
    "en": {name: said[0] for name, said in _SAID.items()},
    "zh": {name: said[1] for name, said in _SAID.items()},
}
"""By language, then by name."""
ACTIONS: dict[str, dict[str, dict[str, Any]]] = {
    language: {name: {part: said[number] for part, said in texts.items()} for name, texts in _ACTIONS.items()}
    for number, language in enumerate(("en", "zh"))
}
"""By language, then by the action's name."""
