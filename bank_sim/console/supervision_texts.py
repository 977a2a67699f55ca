"""The words of the console's pages on supervision and exits: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

from bank_sim.console.deeds.leaving import AGREED
from bank_sim.supervision.archive import SURVIVING
from bank_sim.supervision.evidence import AGREES_TEXT, ASKED_TEXT, DIFFERS_TEXT, LATE_TEXT
from bank_sim.supervision.leaving import DELETION_STATED, WITHDRAWN
from bank_sim.supervision.playbook import NOT_SERVED_TEXT, OPENED_TEXT, SUSPENDED_TEXT, UNTAKEN_TEXT
from bank_sim.supervision.watching import ASSESSMENT_TEXT, INSPECTION_TEXT, OVERDUE_REASON, REVIEW_TEXT

_GRADES = ({"low": "low", "medium": "medium", "high": "high"}, {"low": "低", "medium": "中", "high": "高"})
_EXIT_STATES = (
    {
        "requested": "asked for", "announced": "announced", "closing": "nothing new", "settled": "settled",
        "voided": "void",
        "archived": "on record", "deleted": "deletion stated", "closed": "closed", "called_off": "called off",
        "none": "no exit",
    },
    {
        "requested": "应用方已申请", "announced": "已公告", "closing": "停止新业务", "settled": "在途已结清",
        "voided": "凭证已作废",
        "archived": "已归档", "deleted": "已声明删除", "closed": "已结案", "called_off": "已取消", "none": "未退出",
    },
)  # fmt: skip
_KINDS = (
    {
        "review": "Periodic review", "inquiry": "Inquiry", "finding": "Inspection finding",
        "assessment": "Self-assessment", "inspection": "Inspection by the bank",
        "change": "Change at the application", "weakness": "Weakness reported",
    },
    {
        "review": "定期复审", "inquiry": "问询调查", "finding": "检查问题", "change": "应用方变更报备",
        "weakness": "缺陷报告", "assessment": "应用方自评", "inspection": "银行巡检",
    },
)  # fmt: skip

_SAID: dict[str, tuple[Any, Any]] = {
    "supervision": ("Supervision", "监督管理"),
    "supervision_lead": (
        "What bank and applications owe each other by a date, and who is leaving. When a date passes without an answer,"
        " the clock acts: it reminds, raises an alarm and, where that was agreed, suspends.",
        "银行与应用方之间的待办事项、时限与退出进度。逾期未办的，系统按约定自动提醒、告警或暂停接入。",
    ),
    "open_tasks": ("Under way", "进行中事项"),
    "no_tasks": (
        "Nothing is under way. Reviews, questions and findings are begun on an application's page.",
        "暂无进行中事项。复审、问询和检查问题可在应用方页面发起。",
    ),
    "no_tasks_of_it": ("Nothing is under way with this application.", "与该应用方暂无进行中事项。"),
    "task": ("Matter", "事项"),
    "matters": ("Matters", "往来事项"),
    "system_texts": (
        {
            each: each
            for each in (
                REVIEW_TEXT, INSPECTION_TEXT, ASSESSMENT_TEXT, OVERDUE_REASON, AGREED, DELETION_STATED, WITHDRAWN,
                OPENED_TEXT, SUSPENDED_TEXT, NOT_SERVED_TEXT, UNTAKEN_TEXT, ASKED_TEXT, AGREES_TEXT, DIFFERS_TEXT,
                LATE_TEXT,
            )
        },
        {
            INSPECTION_TEXT: "定期巡检：对其接入开展源代码审计、渗透测试与回调探测",
            ASSESSMENT_TEXT: "定期自评：调用接口的各系统是否安全，已整改哪些问题",
            REVIEW_TEXT: "定期复审：请说明自上次复审以来经营、风控、人员与密钥的变化",
            ASKED_TEXT: "调取其对本行的调用日志（须签名）", AGREES_TEXT: "双方日志一致",
            DIFFERS_TEXT: "双方日志不一致", LATE_TEXT: "日志逾期未提交",
            OPENED_TEXT: "系统由告警自动建立", SUSPENDED_TEXT: "触发自动处置规则，未经人工先行暂停接入",
            NOT_SERVED_TEXT: "该应用方已不在服务状态，无须暂停", UNTAKEN_TEXT: "告警逾期无人认领",
            OVERDUE_REASON: "到期未办", AGREED: "双人复核通过", DELETION_STATED: "应用方已提交数据删除声明",
            WITHDRAWN: "应用方已撤回退出申请",
        },
    ),
    "task_text": ("Asked or reported", "事项内容"),
    "task_answer": ("The application's answer", "应用方答复"),
    "due": ("Due", "截止时间"),
    "turn": ("Whose turn", "待办方"),
    "turns": ({"application": "the application", "bank": "the bank"}, {"application": "应用方", "bank": "本行"}),
    "matter_kinds": _KINDS,
    "task_state": (
        {"open": "open", "overdue": "overdue", "answered": "answered", "closed": "closed"},
        {"open": "待办", "overdue": "已逾期", "answered": "已答复", "closed": "已办结"},
    ),
    "severity_of": (
        {"high": "high", "medium": "medium", "low": "low"}, {"high": "高", "medium": "中", "low": "低"},
    ),
    "task_steps": (
        {"open": "opened", "answer": "answered", "close": "closed", "escalate": "date passed"},
        {"open": "发起", "answer": "答复", "close": "办结", "escalate": "逾期"},
    ),
    "close_matter": ("Close", "办结"),
    "exits": ("Exits", "应用方退出"),
    "no_exits": ("Nobody is leaving.", "暂无应用方退出。"),
    "ends_on": ("Takes effect", "生效日"),
    "exit_state": _EXIT_STATES,
    "exit_asked": ("The application asked to leave,", "应用方已申请退出，"),
    "exit_of": ("Exit", "退出"),
    "exit_lead": (
        "The steps are taken in this order and none is skipped. Users hear of it a month ahead; then everything is void"
        " at once.",
        "退出须依次办理，不得跳步：提前一个月告知用户，到期后全部凭证一次性作废。",
    ),
    "exit_users_told": ("Users told", "已告知用户"),
    "open_transfers": ("Orders still open", "在途交易"),
    "statement_due": ("Statement of deletion due", "删除声明截止"),
    "statement_in": ("Statement of deletion", "数据删除声明"),
    "statement_held": ("signed by a key of the application, verified", "应用方密钥签署，已核验"),
    "waits_for": ("Not possible yet", "暂不能办理"),
    "on_record": ("On record", "归档记录"),
    "download_record": ("Download the record", "下载归档记录"),
    "record_whole": ("as it was written", "与归档时一致"),
    "record_changed": ("not as it was written", "与归档时不一致"),
    "surviving": ("Duties that survive", "退出后仍须履行的义务"),
    "confidential_until": ("Confidential until", "保密期至"),
    "archive_search": ("Search the records of those who left", "检索已退出应用方的归档记录"),
    "archive_search_label": ("Name, App_ID, key or fingerprint", "名称、App_ID、密钥名或指纹"),
    "no_former_found": ("Nothing found.", "未找到记录。"),
    "risk": ("Risk and limits", "风险等级与限额"),
    "grade": ("Risk grade", "风险等级"),
    "grades": _GRADES,
    "unrated": ("unrated", "未评级"),
    "never_rated": ("its limits are those of {grade} risk", "暂按{grade}风险等级的限额管理"),
    "payment_max": ("One payment at most", "单笔上限"),
    "day_max": ("A day at most", "单日上限"),
    "day_so_far": ("Today so far", "今日已用"),
    "accounts_max": ("Linked accounts", "关联账户"),
    "of_at_most": ("{now} of {most}", "{now} / 上限 {most}"),
    "yuan": ("{yuan} yuan", "{yuan} 元"),
    "rated_on": ("Rated", "评定时间"),
    "evidence": ("Evidence", "评定依据"),
    "month_reports": ("Operating reports", "运营月报"),
    "no_reports": ("The first report comes with the next month.", "首份月报将于下月生成。"),
    "month": ("Month", "月份"),
    "busiest_day": ("Busiest day", "单日峰值"),
    "agreed_day": ("Agreed a day", "协议日调用量"),
    "not_agreed": ("not agreed", "未约定"),
    "beyond": ("beyond the agreement", "超出约定"),
    "failed_calls": ("Failed", "银行侧失败"),
    "stale_grants": ("Granted and not used", "闲置权限"),
    "stale_hint": (
        "Nobody called these for a quarter, says the last report. What is not needed is taken away.",
        "据最近月报，以下接口一个季度内无人调用。不再需要的权限应当收回。",
    ),
    "withdraw_it": ("Take it away", "收回"),
    "proposal_withdraw_grant": ("Take a grant away", "收回接口权限"),
    "history_of": ("How it came here", "办理经过"),
    "who_did": ("By", "办理人"),
    "waits_for_second_person": ("Waits for a second person:", "待双人复核，提请人："),
    "proposal_rate_application": ("Set a risk grade", "评定风险等级"),
    "proposal_exit_application": ("Announce an exit", "公告应用方退出"),
    "proposal_void_application": ("Make everything void", "作废全部凭证"),
    **{f"exit_{state}": (_EXIT_STATES[0][state], _EXIT_STATES[1][state]) for state in _EXIT_STATES[0]},
    **{f"kind_{kind}": (_KINDS[0][kind], _KINDS[1][kind]) for kind in _KINDS[0]},
    **{f"surviving_{name}": text for name, text in SURVIVING.items()},
}  # fmt: skip

_WHY = ("Why?", "办理原因")
_ACTIONS: dict[str, dict[str, Any]] = {
    "order_review": {
        "title": ("Order a review", "发起复审"),
        "what": (
            "The application is told, and has a month to hand in what has changed. Without an answer by then it is"
            " suspended.",
            "系统通知应用方在一个月内提交更新材料；逾期未提交的自动暂停接入。",
        ),
        "reason": ("Why out of turn?", "提前复审的原因"),
        "button": ("Order it", "发起"),
        "done": ("The review is under way.", "复审已发起。"),
    },
    "inquire": {
        "title": ("Inquire", "发起问询"),
        "what": (
            "The application gets your question as a signed notice and has three days to answer. Without an answer it"
            " is suspended.",
            "系统以签名通知送达应用方，要求三日内答复；逾期未答复的自动暂停接入。",
        ),
        "reason": ("Your question to the application", "问询内容"),
        "button": ("Ask", "发出问询"),
        "done": ("The question is on its way.", "问询已发出。"),
    },
    "record_finding": {
        "title": ("Record an inspection's finding", "登记检查问题"),
        "what": (
            "The application is told and has a week, a month or a quarter to mend it, by its severity. A high one that"
            " is overdue suspends it.",
            "系统通知应用方限期整改：高危一周、中危一个月、低危一个季度。高危问题逾期未整改的自动暂停接入。",
        ),
        "reason": ("What was found?", "问题描述"),
        "fields": {
            "severity": (("Severity", "Decides by when it must be mended."), ("严重程度", "决定整改期限。")),
            "about": (
                ("What it is about", "Data that an application must not keep raises an alarm at once."),
                ("问题类别", "违规留存个人金融信息将立即触发告警。"),
            ),
        },
        "choices": {
            "severity": (
                {"high": "high", "medium": "medium", "low": "low"},
                {"high": "高危", "medium": "中危", "low": "低危"},
            ),
            "about": (
                {"other": "another matter", "retention": "personal data that is kept"},
                {"other": "其他问题", "retention": "违规留存个人金融信息"},
            ),
        },
        "button": ("Record", "登记"),
        "done": ("The finding is recorded.", "问题已登记。"),
    },
    "close_task": {
        "title": ("Close the matter", "办结事项"),
        "what": ("The application reads your decision.", "应用方将看到您的处理意见。"),
        "reason": ("Your decision, and what it rests on", "处理意见及依据"),
        "fields": {
            "measure": (
                ("Measure", "Tightened limits hold from the next call on; easing them takes a review."),
                ("处置措施", "收紧后的限额自下一次调用起生效；放宽须经复审。"),
            ),
        },
        "choices": {
            "measure": (
                {"none": "none", "tighten": "limits of the next higher risk"},
                {"none": "无", "tighten": "按更高一级风险收紧限额"},
            ),
        },
        "button": ("Close", "办结"),
        "done": ("Closed.", "已办结。"),
    },
    "propose_rating": {
        "title": ("Propose a risk grade", "提请评定风险等级"),
        "what": (
            "It takes an answered review and last month's report. Once a reviewer agrees, the limits of the grade hold"
            " from the next call on, and the review is over.",
            "须以已答复的复审和上月运营月报为依据。复核通过后，新等级的限额自下一次调用起生效，本次复审办结。",
        ),
        "reason": ("What does it rest on?", "评定依据"),
        "fields": {"grade": (("Risk grade", "Limits follow from it."), ("风险等级", "限额由等级确定。"))},
        "choices": {"grade": _GRADES},
        "button": ("Propose", "提请"),
        "done": ("Proposed. A reviewer must agree.", "已提请，待复核。"),
    },
    "propose_grant_removal": {
        "title": ("Propose to take a grant away", "提请收回接口权限"),
        "what": (
            "What an agreement grants, two people take away. Once a reviewer agrees, its next call of this interface is"
            " refused with API_NOT_GRANTED, and an event tells it so. Consents stay. If there is no time to wait,"
            " suspend the application.",
            "协议授予的权限须由两人共同收回。复核通过后，其下一次调用该接口即被拒绝，并以事件通知应用方；"
            "用户授权保留。情况紧急、不能等待复核时，请暂停该应用。",
        ),
        "reason": ("Why is it not needed?", "收回原因"),
        "button": ("Propose", "提请"),
        "done": ("Proposed. A reviewer must agree.", "已提请，待复核。"),
    },
    "propose_exit": {
        "title": ("Propose its exit", "提请退出"),
        "what": (
            "Once a reviewer agrees, its users and the application are told that it ends in a month. It can be called"
            " off until nothing is under way any more.",
            "复核通过后，系统告知其用户与应用方一个月后终止合作；在途业务结清前可以取消。",
        ),
        "reason": ("Why does it leave?", "退出原因"),
        "button": ("Propose", "提请"),
        "done": ("Proposed. A reviewer must agree.", "已提请，待复核。"),
    },
    "stop_business": {
        "title": ("Stop new business", "停止新业务"),
        "what": (
            "From the next call on it gets no new consent and no new order. What was ordered may still be confirmed.",
            "自下一次调用起，不再受理新授权与新订单；已下单的付款仍可确认。",
        ),
        "reason": _WHY,
        "button": ("Stop", "停止"),
        "done": ("Nothing new begins.", "新业务已停止。"),
    },
    "settle_exit": {
        "title": ("Confirm that all is settled", "确认在途结清"),
        "what": ("Refused while an order is still open.", "仍有在途交易的，不予办理。"),
        "reason": _WHY,
        "button": ("Confirm", "确认"),
        "done": ("Nothing is under way any more.", "在途业务已结清。"),
    },
    "propose_voiding": {
        "title": ("Propose to make everything void", "提请作废全部凭证"),
        "what": (
            "Once a reviewer agrees: keys, App_Secret, certificates, tokens and consents end in one moment, for good.",
            "复核通过后，密钥、App_Secret、证书、令牌与授权即刻全部作废，不可恢复。",
        ),
        "reason": _WHY,
        "button": ("Propose", "提请"),
        "done": ("Proposed. A reviewer must agree.", "已提请，待复核。"),
    },
    "archive_exit": {
        "title": ("Put it on record", "归档"),
        "what": (
            "Who it was, every credential with its fingerprint and dates, and how it came to this. Written once.",
            "记录其身份、全部凭证的指纹与起止日期及办理经过。一经写入不可更改。",
        ),
        "reason": _WHY,
        "button": ("Put on record", "归档"),
        "done": ("It is on record.", "已归档。"),
    },
    "close_exit": {
        "title": ("Close the exit", "结案"),
        "what": (
            "The record is verified once more. The bank posts the application nothing any more.",
            "再次校验归档记录；此后不再向应用方推送任何通知。",
        ),
        "reason": ("What did you look at?", "您核对了什么？"),
        "button": ("Close", "结案"),
        "done": ("Closed.", "已结案。"),
    },
    "call_off_exit": {
        "title": ("Call the exit off", "取消退出"),
        "what": ("Everything stays, and users who were told hear so.", "一切照旧，系统告知已通知过的用户。"),
        "reason": _WHY,
        "button": ("Call it off", "取消退出"),
        "done": ("The application stays.", "退出已取消。"),
    },
}  # fmt: skip


def _texts(each: dict[str, Any], number: int) -> dict[str, Any]:
    nested = {"fields", "choices"} & each.keys()
    flat = {key: said[number] for key, said in each.items() if key not in nested}
    return flat | {key: {name: said[number] for name, said in each[key].items()} for key in nested}


WORDS: dict[str, dict[str, Any]] = {
    language: {name: said[number] for name, said in _SAID.items()} for number, language in enumerate(("en", "zh"))
}
ACTIONS: dict[str, dict[str, dict[str, Any]]] = {
    language: {name: _texts(each, number) for name, each in _ACTIONS.items()}
    for number, language in enumerate(("en", "zh"))
}
