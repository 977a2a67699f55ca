"""The words of the console about events and builds of the SDK: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

from bank_sim.events.words import WORDS as TYPES

_SAID: dict[str, tuple[Any, Any]] = {
    "events": ("Events", "事件通知"),
    "event_types": (TYPES["en"], TYPES["zh"]),
    "events_title": ("Events to applications", "应用方事件通知"),
    "events_lead": (
        "What the bank tells applications unasked. Each event is posted in order, again and again for three days; what"
        " does not arrive then is a dead letter.",
        "银行主动告知应用方的事项，按顺序推送，失败后持续重试三天，仍未送达的转为死信。",
    ),
    "events_of": ("Events to {name}", "{name}的事件通知"),
    "events_address": ("Address", "接收地址"),
    "events_no_address": ("It gave no address; its events are kept for it.", "未登记接收地址，事件已留存。"),
    "events_nobody": ("No application takes events.", "暂无应用方接收事件。"),
    "event_states": (
        {"kept": "kept", "pending": "on its way", "delivered": "delivered", "dead": "dead letters"},
        {"kept": "已留存", "pending": "待送达", "delivered": "已送达", "dead": "死信"},
    ),
    "dead_letters": ("Dead letters", "死信"),
    "no_dead_letters": ("Nothing is undelivered.", "没有未送达的事件。"),
    "event": ("Event", "事件"),
    "event_number": ("No.", "序号"),
    "occurred": ("When", "时间"),
    "newest_events": ("Newest events", "最近事件"),
    "no_events": ("No event yet.", "暂无事件。"),
    "probe": ("Probe callbacks", "回调探测"),
    "probe_never": ("never probed", "未探测"),
    "probe_running": ("under way", "探测中"),
    "probe_passed": ("passed", "通过"),
    "probe_failed": ("finding", "发现问题"),
    "probe_by": ("Ordered by {by}, {at}", "{by} 于 {at} 发起"),
    "probe_lead": (
        "The bank posts one sound event and six forged ones. A sound application takes the first and refuses the"
        " others.",
        "银行推送一条真实事件和六条伪造事件：安全的应用只接收前者，并拒绝其余六条。",
    ),
    "probe_posted": ("Posted", "推送内容"),
    "probe_answered": ("Answered", "应答"),
    "probe_judged": ("Judged", "判定"),
    "probe_sound": ("as it should be", "符合要求"),
    "probe_unsound": ("not as it should be", "不符合要求"),
    "probe_defects": (
        {
            "none": "an event of the bank, as it should be", "unsigned": "without a signature",
            "forged": "in the bank's name, signed by somebody else", "foreign_key": "signed with a key not the bank's",
            "altered": "changed on the way", "stale": "signed long ago", "replayed": "the first one, once more",
        },
        {
            "none": "银行的真实事件", "unsigned": "没有签名", "forged": "冒用银行密钥标识，由他人签名",
            "foreign_key": "使用非银行密钥签名", "altered": "传输途中被篡改", "stale": "签名时间早已过期",
            "replayed": "原样重放第一条",
        },
    ),
    "callbacks": ("Callbacks", "回调"),
    "callbacks_none": (
        "It gave no address for events, so there is nothing to probe.", "未登记事件接收地址，无需探测。"
    ),
    "callbacks_other": (
        "The last probe looked at another address; probe this one.", "上次探测的是另一个地址，请重新探测。"
    ),
    "gravities": (
        {"high": "grave", "medium": "medium", "low": "slight"}, {"high": "高", "medium": "中", "low": "低"},
    ),
    "probe_details": ("What was posted and answered", "探测明细"),
    "probe_no_answer": ("no answer", "无应答"),
    "probe_again": ("Probe", "发起探测"),
    "replay_dead": ("Post dead letters again", "重新推送死信"),
    "sdk": ("SDK", "SDK"),
    "sdk_title": ("Builds of the SDK", "SDK 版本"),
    "sdk_lead": (
        "Some applications are held to the bank's SDK: they may call A2 interfaces only with a build listed here, and"
        " each of their calls says which one it comes from.",
        "部分应用方登记为校验 SDK：只能用此处列出的版本调用 A2 接口，每次调用均声明所用版本。",
    ),
    "sdk_version": ("Version", "版本"),
    "sdk_fingerprint": ("Fingerprint (SM3)", "指纹（SM3）"),
    "sdk_released": ("Published", "发布时间"),
    "sdk_allowed": ("may be used", "可用"),
    "sdk_withdrawn": ("withdrawn", "已停用"),
    "sdk_too_old": ("too old", "版本过低"),
    "sdk_waits": ("waits for a reviewer", "待复核"),
    "sdk_withdraw": ("Withdraw", "停用"),
    "sdk_admit": ("Propose to admit again", "申请恢复"),
    "sdk_raise": ("Make it the least version", "设为最低版本"),
    "sdk_minimum": ("Least version", "最低可用版本"),
    "sdk_minimum_now": ("Least version now", "当前最低版本"),
    "sdk_no_minimum": ("none set", "未设置"),
    "sdk_last_build": (
        "No other build may be used: applications that are held to the SDK cannot call A2 interfaces until one can.",
        "没有其他可用版本：校验SDK的应用方在恢复之前将无法调用A2接口。",
    ),
    "sdk_by": ("By", "经办人"),
    "sdk_history": ("What was done", "变更记录"),
    "sdk_of_build": ("Build", "版本文件"),
    "sdk_change": ("Change", "变更"),
    "sdk_published": ("published", "发布"),
    "proposal_admit_sdk": ("Admit a build of the SDK again", "恢复SDK版本"),
}  # fmt: skip

_ACTIONS: dict[str, dict[str, tuple[Any, Any]]] = {
    "probe_callbacks": {
        "title": ("Probe callbacks", "回调探测"),
        "what": (
            "Seven messages are posted to the application: one event of the bank and six forgeries. None says anything"
            " that could be acted upon. How it answers is kept as evidence.",
            "将向应用推送七条报文：一条真实事件和六条伪造事件，内容均不会触发业务。应答结果留存备查。",
        ),
        "reason": ("Why is it probed?", "请填写探测原因"),
        "button": ("Probe now", "发起探测"),
        "done": ("Ordered. The result shows here in a moment.", "已发起，稍后在此查看结果。"),
    },
    "replay_dead_letters": {
        "title": ("Post dead letters again", "重新推送死信"),
        "what": (
            "All dead letters of this application are posted again, in order, under their old numbers.",
            "该应用的全部死信将按原序号依次重新推送。",
        ),
        "reason": ("What has been mended?", "问题如何解决"),
        "button": ("Post again", "重新推送"),
        "done": ("They are on their way again.", "已重新推送。"),
    },
    "withdraw_sdk": {
        "title": ("Withdraw a build", "停用SDK版本"),
        "what": (
            "From the next call on, A2 calls that come from this build are refused with SDK_VERSION_WITHDRAWN, and the"
            " applications concerned get an event. Admitting it again takes a reviewer.",
            "自下一次调用起，使用该版本的A2调用将返回SDK_VERSION_WITHDRAWN，并以事件告知相关应用方。恢复须复核。",
        ),
        "reason": ("Why is it withdrawn?", "请填写停用原因"),
        "button": ("Withdraw now", "立即停用"),
        "done": ("The build is withdrawn.", "该版本已停用。"),
    },
    "propose_sdk": {
        "title": ("Propose to admit a build again", "申请恢复SDK版本"),
        "what": (
            "Nothing changes yet. A reviewer other than you must agree; then it may be used again at once.",
            "暂不生效，须由他人复核；通过后立即恢复可用。",
        ),
        "reason": ("Why is it safe to use?", "请说明可以恢复的依据"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
    "raise_sdk_minimum": {
        "title": ("Set the least version", "设置最低版本"),
        "what": (
            "From the next call on, A2 calls that come from an older version are refused with SDK_VERSION_WITHDRAWN.",
            "自下一次调用起，低于该版本的A2调用将返回SDK_VERSION_WITHDRAWN。",
        ),
        "reason": ("Why must older ones go?", "请填写停用旧版本的原因"),
        "button": ("Set now", "立即设置"),
        "done": ("The least version is set.", "最低版本已设置。"),
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
