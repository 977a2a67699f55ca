"""The words of the console about what is kept, archived and destroyed: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "archives": ("Archives", "归档"),
    "archives_lead": (
        "What is older than a year leaves the live database for a file a month, and the chain goes on across it. A file"
        " is kept for ten years; it opens with any SQLite tool.",
        "满一年的记录按月移入归档文件，链保持连续。归档文件保存十年，用通用数据库工具即可打开。",
    ),
    "archive": ("Archive", "归档文件"),
    "archive_period": ("Records", "记录"),
    "archive_until": ("Kept until", "保存至"),
    "archive_size": ("Size", "大小"),
    "archive_state": ("State", "状态"),
    "archive_kept": ("kept", "保存中"),
    "archive_gone": ("destroyed", "已销毁"),
    "archive_missing": ("missing", "缺失"),
    "archive_waits": ("destruction proposed", "待复核销毁"),
    "archive_holds": ("holds", "完好"),
    "archives_verify": ("Verify the archives", "校验归档"),
    "archives_none": (
        "Nothing is old enough to be archived. In this sandbox, move the clock by a year and a month.",
        "尚无到期归档的记录。在沙箱中可将时钟拨快一年零一个月。",
    ),
    "archives_search": ("Search the archives", "检索归档"),
    "archives_chain": ("Records of", "记录类别"),
    "archives_chains": (
        {"access_log": "access log", "staff_journal": "staff's journal"},
        {"access_log": "访问日志", "staff_journal": "员工操作日志"},
    ),
    "archives_found": ("Found, the newest first, {count} at most", "检索结果（从新到旧，至多{count}条）"),
    "archives_fields": (
        {
            "app_id": "App_ID", "api_id": "Interface", "trace_id": "Trace", "consent_id": "Consent", "code": "Code",
            "subject": "Subject", "action": "Action", "login_name": "Login name",
        },
        {
            "app_id": "App_ID", "api_id": "接口", "trace_id": "追踪号", "consent_id": "授权号", "code": "代码",
            "subject": "对象", "action": "操作", "login_name": "登录名",
        },
    ),
    "destroy_ask": ("Destroy…", "销毁…"),
    "retention": ("How long records are kept", "各类记录的保存期限"),
    "retention_lead": (
        "Every table of the bank belongs to one of these; a test fails for one that does not.",
        "本行每张数据表均归入其中一类，未归类的表无法通过测试。",
    ),
    "retention_kind": ("Kind", "类别"),
    "retention_fate": ("What becomes of it", "处置方式"),
    "retention_least": ("At least", "最短保存"),
    "retention_days": ("{days} days", "{days}天"),
    "retention_kinds": (
        {
            "logs": "Logs", "books": "Customers and books",
            "risk": "Decisions on risk, cases and reports", "agreements": "Consents and what users asked for",
            "partners": "Application parties", "governance": "Interfaces, keys, staff, alarms",
            "events": "Events to applications", "access": "Logins and factors",
            "passing": "Sessions, codes, tokens, messages", "figures": "Traffic figures",
            "offers": "Products and rates",
        },
        {
            "logs": "日志", "books": "客户与账务", "risk": "风险判定、案件与报告",
            "agreements": "授权及用户请求", "partners": "应用方",
            "governance": "接口、密钥、员工、告警", "events": "应用方事件", "access": "登录与核验方式",
            "passing": "会话、验证码、令牌、短信", "figures": "流量统计", "offers": "产品与利率",
        },
    ),
    "fates": (
        {
            "archived": "archived after a year", "stays": "stays", "passes": "goes when used up",
            "derived": "derived, can be made anew",
        },
        {"archived": "满一年归档", "stays": "长期保存", "passes": "用毕即删", "derived": "由其他记录生成"},
    ),
    "proposal_destroy_archive": ("Destroy an archive", "销毁归档文件"),
}  # fmt: skip

_ACTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "propose_destruction": {
        "title": ("Propose to destroy an archive", "申请销毁归档文件"),
        "what": (
            "Nothing happens yet. Once a reviewer agrees, the file is deleted for good; its anchor stays, so that the"
            " chain can still be verified across the gap.",
            "暂不生效。复核通过后文件永久删除；链的锚点保留，其余记录仍可校验。",
        ),
        "reason": ("Why may it go?", "销毁依据"),
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
