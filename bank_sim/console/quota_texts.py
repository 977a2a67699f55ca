"""The words of the console about limits of calls: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "quotas": ("Limits of calls", "调用限额"),
    "quotas_lead": (
        "How much each application may call, and how much of it is used at this moment. What you set here holds at the"
        " next call, in every process.",
        "各应用方的调用上限及当前用量。此处的调整自下一次调用起在所有进程生效。",
    ),
    "quota": ("Limit", "限额"),
    "quota_tightest": ("Nearest to its limit", "最接近上限"),
    "quota_used": ("Used now", "当前用量"),
    "quota_amount": ("At most", "上限"),
    "quota_origin": ("By whose word", "依据"),
    "quota_origins": (
        {"policy": "the bank's default", "agreement": "the agreement", "staff": "set here"},
        {"policy": "本行默认值", "agreement": "合作协议", "staff": "人工设定"},
    ),
    "quota_app_second": ("all its calls, a second", "全部接口，每秒"),
    "quota_app_minute": ("all its calls, a minute", "全部接口，每分钟"),
    "quota_app_day": ("all its calls, a day", "全部接口，每日"),
    "quota_app_concurrent": ("all its calls, at the same time", "全部接口，并发"),
    "quota_api_second": ("calls of this interface, a second", "单个接口，每秒"),
    "quota_api_minute": ("calls of this interface, a minute", "单个接口，每分钟"),
    "quota_api_day": ("calls of this interface, a day", "单个接口，每日"),
    "quota_api_concurrent": ("calls of this interface, at the same time", "单个接口，并发"),
    "quota_user_second": ("calls for one user, a second", "单个用户，每秒"),
    "quota_user_minute": ("calls for one user, a minute", "单个用户，每分钟"),
    "quota_user_day": ("calls for one user, a day", "单个用户，每日"),
    "quota_each_user": ("for each user", "按用户分别计"),
    "quota_set_by": ("{by}, {at}: ", "{by}，{at}："),
    "quota_set": ("Change", "调整"),
    "quota_lift": ("Lift", "恢复"),
    "quota_rests": ("Rests until {at}", "暂停至 {at}"),
    "quota_rests_what": (
        "It went on calling beyond a limit though it was told to wait. Nothing of it is served until then.",
        "该应用方在被要求等待后仍持续超限，到期前其调用一律不受理。",
    ),
    "quota_release": ("Let it call again", "提前恢复"),
    "quota_has_settings": ("set here", "有人工设定"),
    "quota_own": ("The application and its users", "应用方与用户"),
    "quota_apis": ("By interface", "按接口"),
    "quota_no_apis": (
        "No interface is in use at this moment, and no limit of one is set.",
        "当前没有接口正在被调用，也没有针对单个接口的设定。",
    ),
    "quota_choose": ("Set another limit", "设定其他限额"),
    "quota_of_what": ("Of what", "范围"),
    "quota_in_what": ("In what time", "计量周期"),
    "quota_scopes": (
        {"app": "all its calls", "user": "calls for one user"},
        {"app": "全部接口", "user": "单个用户"},
    ),
    "quota_pers": (
        {"second": "a second", "minute": "a minute", "day": "a day", "concurrent": "at the same time"},
        {"second": "每秒", "minute": "每分钟", "day": "每日", "concurrent": "并发"},
    ),
    "quota_go_on": ("Go on", "继续"),
    "quota_ladder": ("What happens near a limit, and beyond it", "接近与超出上限时的处置"),
    "quota_ladder_near": (
        "From {percent} % on: an alarm, once in each window.",
        "达到 {percent}%：告警，每个周期一次。",
    ),
    "quota_ladder_refused": (
        "At the limit: 429 with the time to wait. Who does not wait is then refused before anything is verified.",
        "达到上限：返回 429 并告知等待时间；不等待者此后在验签之前即被拒绝。",
    ),
    "quota_ladder_rests": (
        "Refused in {strikes} of {within} minutes: the application rests for {minutes} minutes, is told by an event,"
        " and the staff is alarmed.",
        "{within} 分钟内有 {strikes} 分钟出现超限：暂停调用 {minutes} 分钟，以事件通知应用方并告警。",
    ),
    "limit_now": ("Now at most", "当前上限"),
}

_ACTIONS: dict[str, dict[str, tuple[Any, Any]]] = {
    "set_quota": {
        "title": ("Set a limit of calls", "设定调用限额"),
        "what": (
            "It holds from the next call on, whatever the agreement says, until somebody lifts it. The application is"
            " told by an event.",
            "自下一次调用起生效，优先于协议约定，直至人工恢复。系统将以事件通知应用方。",
        ),
        "reason": ("Why is it changed?", "调整原因"),
        "button": ("Set", "设定"),
        "done": ("The limit is set.", "限额已设定。"),
        "fields": (
            {"amount": ("Calls at most", "A whole number. What is beyond it is refused with 429.")},
            {"amount": ("调用上限", "填写整数，超出部分返回 429。")},
        ),
    },
    "lift_quota": {
        "title": ("Lift a limit that was set here", "恢复原限额"),
        "what": (
            "The agreement holds again, or the bank's default where there is none.",
            "恢复为协议约定的限额；未约定的，恢复为本行默认值。",
        ),
        "reason": ("Why is it lifted?", "恢复原因"),
        "button": ("Lift", "恢复"),
        "done": ("The limit is lifted.", "限额已恢复。"),
    },
    "release_quota": {
        "title": ("Let it call again", "提前恢复调用"),
        "what": (
            "Its calls are served again at once, and what was before is forgiven. Make sure first that whatever did not"
            " wait is mended.",
            "立即恢复受理其调用，此前的超限记录清零。请先确认对方已整改。",
        ),
        "reason": ("What was mended?", "整改情况"),
        "button": ("Let it call", "恢复调用"),
        "done": ("It may call again.", "已恢复调用。"),
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
