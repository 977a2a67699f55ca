"""The words of the console about the lives of interfaces: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "interfaces": ("Interfaces", "接口"),
    "interfaces_lead": (
        "Every version of every interface, from design to archive. A change is a new version beside the old one;"
        " nothing that partners build on is changed in place.",
        "全部接口版本，从设计到归档。变更一律另发新版本并行提供，不在原版本上改动。",
    ),
    "interface": ("Interface", "接口"),
    "version": ("Version", "版本"),
    "u_api_id": ("U_API_ID", "统一识别码"),
    "concerned": ("Applications concerned", "受影响的应用方"),
    "life_state": ("State", "状态"),
    "life_designed": ("designed", "设计"),
    "life_registered": ("registered", "已注册"),
    "life_published": ("published", "已发布"),
    "life_deprecated": ("ending", "待终止"),
    "life_terminated": ("terminated", "已终止"),
    "life_offline": ("taken off", "已下线"),
    "life_archived": ("archived", "已归档"),
    "life_changed": ("changed in place", "与发布时不一致"),
    "life_path": ("The way of an interface", "接口生命周期"),
    "life_path_of": ("Path", "路径"),
    "life_next": ("Next step", "下一步"),
    "life_steps": (
        {
            "register": "Register: the bank gives out the next identifier and enters it at the platform.",
            "publish": "Publish: it is served beside the other versions, and holders of the grant get an event.",
            "deprecate": "Announce its end: every answer says from when on it ends; nothing stops yet.",
            "terminate": "Terminate: calls are answered with 410 and the notice, still authenticated and recorded.",
            "take_off": "Take off: the path is gone, and the identifier is given back for good.",
            "archive": "Archive: everything about it is put into one file with a manifest of digests.",
        },
        {
            "register": "注册：银行按顺序分配统一识别码，并在平台登记。",
            "publish": "发布：与其他版本并行提供，并以事件通知已获授权的应用方。",
            "deprecate": "宣布终止日期：此后每个应答均注明终止时间，服务暂不停止。",
            "terminate": "终止服务：设置挡板，调用返回410及终止公告，仍做身份认证并留痕。",
            "take_off": "下线：撤除路径，统一识别码永久注销。",
            "archive": "归档：全部资料打包为一个文件，附摘要清单。",
        },
    ),
    "life_lacks": ("Not yet: ", "尚不能执行："),
    "life_ready": ("Everything it needs is there.", "条件已具备。"),
    "life_waits": ("Proposed; somebody else must agree.", "已提交，待他人复核。"),
    "life_over": ("Its life is closed.", "生命周期已结束。"),
    "life_bundle": ("Download the archive", "下载归档包"),
    "life_facts": ("Facts", "基本信息"),
    "life_no_code": ("none yet: given out at registration", "尚未分配，注册时按顺序取得"),
    "life_receipt": ("Registered", "登记回执"),
    "life_given_back": ("Given back:", "注销回执"),
    "life_digest": ("Description (SM3)", "定义摘要（SM3）"),
    "life_sunset": ("Ends", "终止时间"),
    "life_successor": ("Replaced by", "替代版本"),
    "life_users": ("Users", "用户"),
    "life_users_told": ("{concerned} concerned, {told} told", "受影响{concerned}人，已告知{told}人"),
    "life_told": ("Told", "已告知"),
    "life_seen": ("Acknowledged", "已确认"),
    "life_signed": ("Signed", "已签署"),
    "life_nobody": ("Nobody depends on it.", "没有受影响的应用方。"),
    "life_audits": ("Code audits", "代码安全审计"),
    "life_findings": ("{findings} findings, {mended} mended", "发现{findings}项，整改{mended}项"),
    "life_no_audit": ("Not audited yet.", "尚未审计。"),
    "life_plans": ("Change plans", "变更方案"),
    "life_impact": ("applications concerned: {count}", "影响{count}个应用方"),
    "life_rollback": ("Way back:", "回退预案："),
    "life_no_plan": ("No plan yet.", "尚无方案。"),
    "life_moves": ("Its life so far", "生命周期记录"),
    "life_all_told": ("Everybody concerned has been told.", "受影响方均已告知。"),
    "life_none_to_tell": ("Nobody uses it, so nobody has to be told.", "没有受影响方，无需告知。"),
    "life_lint": ("check of the catalogue", "接口目录自动校验"),
    "life_founding": ("founding of the bank", "银行系统初始化"),
    "life_agreed": ("proposed by one, agreed by another", "一人提出，另一人复核"),
    "proposal_publish_interface": ("Publish an interface version", "发布接口版本"),
    "proposal_terminate_interface": ("Terminate an interface version", "终止接口版本"),
    "proposal_retire_interface": ("Take an interface version off", "下线接口版本"),
}

_REASON = ("Why?", "原因")
_ACTIONS: dict[str, dict[str, tuple[Any, Any]]] = {
    "register_interface": {
        "title": ("Register", "注册接口"),
        "what": (
            "The bank gives it the next identifier of its category and enters it at the platform. Nobody can call it.",
            "银行按类别顺序分配统一识别码并在平台登记，此时尚不可调用。",
        ),
        "reason": _REASON,
        "button": ("Register", "注册"),
        "done": ("Registered, with a receipt.", "已注册，回执已留存。"),
        "fields": (
            {"wished": ("Identifier wished for", "Leave it empty: the bank gives out the next one in order.")},
            {"wished": ("指定识别码", "请留空，由银行按顺序分配。")},
        ),
    },
    "audit_interface": {
        "title": ("Record a code audit", "登记代码审计"),
        "what": (
            "The record stands for the description as it is now. Publication needs one without open findings.",
            "审计记录对应当前的接口定义。发布前须有审计记录，且问题全部整改。",
        ),
        "reason": ("What was looked at?", "审计范围"),
        "button": ("Record", "登记"),
        "done": ("The audit is on record.", "审计记录已登记。"),
        "fields": (
            {
                "tool": ("Tool, or who read the code", "Such as: bandit 1.8, or the name of the team."),
                "findings": ("Findings", "How many."),
                "mended": ("Mended", "How many of them are mended and tested again."),
            },
            {
                "tool": ("审计工具或审计人员", "例如：扫描工具的名称与版本，或审计团队名称。"),
                "findings": ("发现问题数", "共发现几项。"),
                "mended": ("已整改数", "其中已整改并复测通过几项。"),
            },
        ),
    },
    "plan_interface": {
        "title": ("Make a change plan", "制定变更方案"),
        "what": (
            "The plan is kept with who is concerned as of now. It covers the next step from the present state.",
            "方案与当前受影响的应用方名单一并留存，适用于当前状态的下一步。",
        ),
        "reason": ("Why is the change needed?", "变更原因"),
        "button": ("Keep the plan", "保存方案"),
        "done": ("The plan stands.", "方案已保存。"),
        "fields": (
            {
                "plan": ("What is done, and when", "For whoever carries it out."),
                "rollback": ("The way back", "What is done if it goes wrong."),
            },
            {"plan": ("变更步骤与时间", "供实施人员执行。"), "rollback": ("回退预案", "变更失败时如何恢复。")},
        ),
    },
    "propose_publication": {
        "title": ("Propose to publish", "申请发布"),
        "what": (
            "Nothing changes yet. Once a reviewer agrees, it is served beside the other versions, in every process.",
            "暂不生效。复核通过后立即与其他版本并行提供。",
        ),
        "reason": ("Why is it ready?", "发布理由"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
    "deprecate_interface": {
        "title": ("Announce its end", "宣布终止日期"),
        "what": (
            "From now on every answer carries Deprecation and Sunset, and the public notices list it. Tell those"
            " concerned next: the lead time counts for them from then on.",
            "此后每个应答的报文头注明终止时间，并列入公告。随后请告知受影响方，提前期自告知之日起算。",
        ),
        "reason": ("Why does it end?", "终止原因"),
        "button": ("Announce", "宣布"),
        "done": ("Announced. Now tell those concerned.", "已宣布，请告知受影响方。"),
        "fields": (
            {"days": ("Days until it ends", "Empty: the bank's lead time of 90 days. Fewer are refused.")},
            {"days": ("距终止天数", "留空即按本行规定的提前期（90天），不得更短。")},
        ),
    },
    "notify_interface": {
        "title": ("Tell those concerned", "告知相关方"),
        "what": (
            "Every application concerned gets an event and, on its page of the portal, an agreement to sign for the"
            " time after the end. Users are told by text message where they lose the service.",
            "向受影响的应用方发送事件，并在开放平台提供终止后事项约定供其签署；用户因此无法使用服务的，以短信告知。",
        ),
        "reason": _REASON,
        "button": ("Tell them", "发送告知"),
        "done": ("Told.", "已告知。"),
    },
    "reinstate_interface": {
        "title": ("Call the end off", "撤销终止"),
        "what": (
            "It is published again, without an end. Whoever was told is told so; agreements about the end are void.",
            "恢复为已发布，不再终止。已告知的应用方将收到通知，终止约定作废。",
        ),
        "reason": _REASON,
        "button": ("Call off", "撤销"),
        "done": ("It stays in service.", "已恢复服务。"),
    },
    "propose_termination": {
        "title": ("Propose to terminate", "申请终止服务"),
        "what": (
            "Nothing changes yet. Once a reviewer agrees, every call is answered with 410 SERVICE_TERMINATED. There is"
            " no way back from there.",
            "暂不生效。复核通过后，全部调用返回410 SERVICE_TERMINATED，不可恢复。",
        ),
        "reason": ("How do you know that nobody needs it?", "终止依据"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
    "propose_retirement": {
        "title": ("Propose to take it off", "申请下线"),
        "what": (
            "Nothing changes yet. Whoever agrees confirms that the service has ended; then the path is gone and the"
            " identifier is given back for good.",
            "暂不生效。复核人确认服务已终止后，路径撤除，统一识别码永久注销。",
        ),
        "reason": ("How do you know that nothing is under way?", "如何确认已无在途业务"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
    "archive_interface": {
        "title": ("Archive", "归档"),
        "what": (
            "Description, history, notices, agreements and figures are put into one file with a manifest of digests,"
            " which is kept. Its life is then closed.",
            "接口定义、生命周期记录、告知、约定与调用统计打包留存，附摘要清单，生命周期随之结束。",
        ),
        "reason": _REASON,
        "button": ("Archive", "归档"),
        "done": ("Archived.", "已归档。"),
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
