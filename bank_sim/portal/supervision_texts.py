"""The words of the portal's pages on supervision and exit: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

SAID: dict[str, tuple[Any, Any]] = {
    "supervision": ("Dealings with the bank", "与银行往来事项"),
    "sv_lead": (
        "What the bank asks of this application, and what the application tells the bank. What is not answered in time"
        " can suspend the application; signed notices remind you before.",
        "银行要求本应用办理的事项，以及本应用向银行的报备。逾期未办可能被暂停接入，到期前银行会以签名通知提醒。",
    ),
    "sv_evidence": ("The bank asks for your log", "银行调取调用日志"),
    "sv_evidence_lead": (
        "An incident is being looked into. Hand in your log of calls to the bank by program, signed with your key; the"
        " handbook says how.",
        "银行正在调查一起事件，请由程序提交经密钥签名的调用日志，方法见手册。",
    ),
    "sv_evidence_how": ("When the bank asks for your log", "银行调取日志时"),
    "sv_evidence_request": ("Request", "调取编号"),
    "sv_evidence_calls": ("Calls between", "调用时段"),
    "sv_evidence_answered": ("Handed in", "提交时间"),
    "sv_nothing": ("Nothing is under way.", "暂无进行中事项。"),
    "sv_kinds": (
        {
            "review": "Periodic review", "inquiry": "The bank inquires", "finding": "Found by an inspection",
            "assessment": "Your self-assessment", "inspection": "Inspection by the bank",
            "change": "Your announced change", "weakness": "Weakness you reported",
        },
        {
            "review": "定期复审", "inquiry": "银行问询", "finding": "检查发现的问题", "change": "已报备的变更",
            "weakness": "已报告的缺陷", "assessment": "安全自评", "inspection": "银行巡检",
        },
    ),
    "sv_states": (
        {"open": "open", "overdue": "overdue", "answered": "answered", "closed": "closed"},
        {"open": "待办", "overdue": "已逾期", "answered": "已答复", "closed": "已办结"},
    ),
    "sv_steps": (
        {"open": "opened", "answer": "you answered", "close": "the bank decided", "escalate": "the date passed"},
        {"open": "发起", "answer": "您已答复", "close": "银行已处理", "escalate": "已逾期"},
    ),
    "sv_review_asks": (
        "Tell the bank what has changed since the last review: operation, risk control, people, keys. Say what your own"
        " security assessment found and what you mended.",
        "请说明自上次复审以来经营、风控、人员与密钥的变化，并附自查发现的问题及整改情况。",
    ),
    "sv_assessment_asks": (
        "Once a year: are the systems that call the interfaces secure? Say what you looked at, what you found and what"
        " you mended, unused credentials included.",
        "每年一次：请评估调用接口的各系统是否安全，说明检查内容、发现的问题及整改情况，包括闲置凭证的清理。",
    ),
    "sv_inspection_is": (
        "The bank looks at how you integrate its interfaces, and probes your address for events.",
        "银行对接口集成情况开展检查，并对事件接收地址进行探测。",
    ),
    "sv_due": ("Due", "截止时间"),
    "sv_answer": ("Your answer", "您的答复"),
    "sv_no_personal": ("No user's data in it, please.", "请勿填写用户个人信息。"),
    "sv_send": ("Send", "提交"),
    "sv_change": ("Announce a change of your own", "报备本方重大变更"),
    "sv_change_lead": (
        "At least {days} days before it takes effect. The bank reviews it first; an unannounced jump in volume is an"
        " alarm there.",
        "须至少提前 {days} 天报备，由银行评估后实施。未报备而调用量突增会触发银行告警。",
    ),
    "sv_change_fields": (
        {
            "what": "What changes", "fallback": "The way back", "risk": "The risk, and what you do about it",
            "users": "How users are told", "forecast": "Calls a day to expect",
        },
        {
            "what": "变更内容", "fallback": "回退与应急方案", "risk": "风险评估及应对措施", "users": "用户告知方式",
            "forecast": "预计日调用量",
        },
    ),
    "sv_starts": ("Takes effect on", "生效日期"),
    "sv_announce": ("Announce", "报备"),
    "sv_weakness": ("Report a weakness", "报告接口缺陷"),
    "sv_weakness_lead": (
        "You found something wrong with an interface? Tell the bank alone, and at once. It answers within two days.",
        "发现接口缺陷，请立即告知银行，未经许可不得向第三方透露。银行两日内回复。",
    ),
    "sv_what_found": ("What you found, and what you did about it", "缺陷情况及已采取的措施"),
    "sv_report": ("Report", "报告"),
    "sv_leave": ("Leave the bank", "申请终止合作"),
    "sv_leave_hint": (
        "Ask the bank to end the cooperation. The next page says what follows, before anything happens.",
        "向银行申请终止合作。下一页将说明后续安排，确认后才会提交。",
    ),
    "sv_leave_ask": ("See what it means", "了解后果并申请"),
    "sv_leave_lead": (
        "You ask, the bank begins. Until it has begun you can take this back; your application works as before.",
        "由您申请，由银行启动。启动前可随时撤回，期间应用照常使用。",
    ),
    "sv_leave_then": ("What follows", "后续安排"),
    "sv_leave_steps": (
        [
            "Two people at the bank begin the exit. From then on only the bank can call it off.",
            "Your users hear from the bank on which day it ends, {days} days ahead.",
            "Then nothing new begins: no orders, no consents. What is under way is brought to its end.",
            "On the day, keys, App_Secret, certificates, tokens and consents end in one moment.",
            "You delete what you hold of the bank's users, and state so with your signature.",
        ],
        [
            "银行由两人共同启动终止流程，此后只有银行可以取消。",
            "银行提前 {days} 天短信告知您的用户终止日期。",
            "随后不再受理新订单和新授权，在途业务办结为止。",
            "终止当日，密钥、App_Secret、证书、令牌和授权同时作废。",
            "您删除所持用户数据，并提交签名的删除声明。",
        ],
    ),
    "sv_leave_why": ("Why does the application leave?", "终止原因"),
    "sv_leave_do": ("Ask to leave", "提交终止申请"),
    "sv_leave_not": ("Stay", "继续合作"),
    "sv_asked_to_leave": (
        "You asked to leave on {date}. The bank has not begun; everything works as before.",
        "您已于 {date} 申请终止合作。银行尚未启动，一切照常。",
    ),
    "sv_stay": ("Take the request back", "撤回申请"),
    "sv_leaving": (
        "This application leaves the bank on {date}. Nothing new can begin; bring to an end what is under way.",
        "本应用将于 {date} 终止与银行的合作。不再受理新业务，请办结在途业务。",
    ),
    "sv_leaving_soon": (
        "This application leaves the bank on {date}. Its users have been told.",
        "本应用将于 {date} 终止与银行的合作，银行已告知用户。",
    ),
    "sv_unrated": ("not rated by the bank yet", "银行尚未评级"),
    "sv_limits": ("Limits of this application", "本应用限额"),
    "sv_limits_are": (
        "{payment} yuan a payment, {day} yuan a day, {accounts} linked accounts at most",
        "单笔 {payment} 元，单日 {day} 元，最多关联 {accounts} 个账户",
    ),
    "exit_title": ("Statement of deletion", "数据删除声明"),
    "exit_page_lead": (
        "For applications that have left. Delete what you hold of the bank's users, then state it: a JWS of the type"
        " deletion-statement+jwt, signed with a signing key that was registered until the end. The handbook and the SDK"
        " show how.",
        "供已退出的应用方使用。删除所持用户数据后，用退出前登记的签名密钥签署类型为 deletion-statement+jwt 的"
        " JWS 声明并提交，格式见手册与 SDK。",
    ),
    "exit_page_when": (
        "It can be handed in once the bank has put the exit on record and told you so.",
        "银行完成归档并通知您后即可提交。",
    ),
    "exit_how": ("How it is made", "如何生成声明"),
    "sv_to_exit": ("After the end: hand in the statement of deletion", "终止后：提交数据删除声明"),
    "exit_statement": ("Statement", "声明"),
    "exit_hand_in": ("Hand in", "提交"),
    "exit_taken": ("The statement holds and is on record.", "声明核验通过，已归档。"),
}  # fmt: skip
