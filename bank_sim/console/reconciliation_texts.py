"""The words of the console about reconciliation: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "reconciliation": ("Reconciliation", "对账"),
    "reconciliation_lead": (
        "After each day every application can fetch a signed file of its transfers and debits. It compares it with its"
        " own books and tells the bank what differs.",
        "每日终了，各应用方可获取其全部转账与扣款的签名对账文件，与自身账簿核对后向银行报告差异。",
    ),
    "newest_file": ("Newest file", "最近文件"),
    "file_day": ("Day", "日期"),
    "file_made": ("Made", "生成时间"),
    "file_lines": ("Orders", "笔数"),
    "file_executed": ("Executed", "已执行"),
    "file_sum": ("Sum", "金额合计"),
    "file_told": ("What the application found", "应用方核对结果"),
    "file_not_told": ("nothing told yet", "尚未报告"),
    "file_agrees": ("{matched} agree", "{matched} 笔一致"),
    "file_differs": ("{count} differ", "{count} 笔不一致"),
    "no_files": (
        "No file yet: the first is made after the day of the first transfer.",
        "暂无对账文件，首笔交易次日生成。",
    ),
    "no_difference": ("No difference", "无差异"),
    "differences": ("Differences that it told", "应用方报告的差异"),
    "difference_order": ("Order", "订单号"),
    "difference_kind": ("What differs", "差异类型"),
    "difference_held": ("In its books", "应用方记录"),
    "difference_filed": ("In our file", "银行文件"),
    "differs": (
        {
            "missing_here": "it does not know this order",
            "missing_there": "it shows as executed what we have in no file",
            "amount": "another amount",
            "state": "another outcome",
            "late": "close to midnight; the next file explains it",
        },
        {
            "missing_here": "应用方无此订单",
            "missing_there": "应用方显示已执行，而银行各日文件均无",
            "amount": "金额不符",
            "state": "结果不符",
            "late": "临近零点，次日文件可解释",
        },
    ),
    "filed": (
        {
            "executed": "executed",
            "rejected": "rejected",
            "refused": "refused",
            "expired": "ran out",
            "open": "no end yet",
            "created": "ordered",
        },
        {
            "executed": "已执行",
            "rejected": "已拒绝",
            "refused": "已拒绝",
            "expired": "已过期",
            "open": "尚无结果",
            "created": "已下单",
        },
    ),
    "files_of_days": ("Files of days", "各日对账文件"),
    "full_accounts": ("Account numbers in full", "完整账号"),
    "full_accounts_lead": (
        "Files show account numbers masked. In full they are given only for clearing or settling differences (7.2.2),"
        " once two of the staff have agreed.",
        "对账文件中的账号默认脱敏。确因清分清算、差错对账需要，经两名人员审批后方可提供完整账号（7.2.2）。",
    ),
    "purpose_granted": ("granted", "已批准"),
    "purpose_not_granted": ("not granted", "未批准"),
    "purpose_masked": ("masked", "脱敏"),
    "purpose_full": ("in full", "完整"),
    "purpose_since": ("Granted", "批准"),
    "purpose_until": ("Withdrawn", "撤销"),
    "propose_purpose": ("Propose to give them in full", "申请提供完整账号"),
    "withdraw_purpose": ("Mask them again", "撤销并恢复脱敏"),
    "proposal_grant_purpose": ("Give account numbers in full, for reconciliation", "为对账提供完整账号"),
}

_ACTIONS: dict[str, dict[str, tuple[Any, Any]]] = {
    "propose_purpose": {
        "title": ("Propose account numbers in full", "申请提供完整账号"),
        "what": (
            "Nothing changes yet. Once a reviewer agrees, this application may ask for files with account numbers in"
            " full, sealed to its key and signed.",
            "暂不生效。复核通过后，该应用可获取含完整账号的对账文件（加密至其密钥并签名）。",
        ),
        "reason": ("What does it need them for?", "用途说明"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
    "withdraw_purpose": {
        "title": ("Mask account numbers again", "撤销完整账号用途"),
        "what": (
            "From the next call on files show account numbers masked, those of earlier days too.",
            "自下一次调用起，各日对账文件均只提供脱敏账号。",
        ),
        "reason": ("Why is it not needed any more?", "撤销原因"),
        "button": ("Withdraw", "撤销"),
        "done": ("Account numbers are masked again.", "已撤销，账号恢复脱敏。"),
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
