"""What the staff reads before it acts, in Chinese, by action: what will happen, and what the reason is for.

``title`` heads the page, ``what`` says what follows, ``reason`` asks why, ``button`` confirms, ``done`` reports.
"""

from __future__ import annotations

ACTIONS: dict[str, dict[str, str]] = {
    "suspend_application": {
        "title": "暂停应用方",
        "what": (
            "自下一次调用起，该应用方的一切请求均被拒绝（APP_SUSPENDED），在所有工作进程中立即生效。用户授权予以保留。"
            "只有复核员才能批准恢复。"
        ),
        "reason": "暂停原因", "button": "立即暂停", "done": "应用方已暂停。",
    },
    "revoke_key": {
        "title": "吊销密钥", "what": "此后凡用该密钥签名或加密的报文一律不予受理，且无法撤销；应用方须登记新密钥。",
        "reason": "吊销原因", "button": "立即吊销", "done": "密钥已吊销。",
    },
    "propose_resumption": {
        "title": "申请恢复应用方", "what": "提交后暂不生效，须由另一名复核员批准；批准后该应用方可立即恢复调用。",
        "reason": "已完成哪些整改", "button": "提交申请", "done": "申请已提交，等待复核。",
    },
    "blacklist_source": {
        "title": "将地址列入黑名单",
        "what": (
            "来自该地址的接口调用在任何处理之前即被拒绝（SOURCE_BLACKLISTED）。客户页面和本控制台仍可访问。"
            "移出黑名单须经复核。"
        ),
        "reason": "列入原因", "button": "立即列入", "done": "地址已列入黑名单。",
    },
    "blacklist_application": {
        "title": "将应用方列入黑名单",
        "what": "无论其状态如何，该应用方的一切请求均被拒绝（APP_BLACKLISTED）。移出黑名单须经复核。",
        "reason": "列入原因", "button": "立即列入", "done": "应用方已列入黑名单。",
    },
    "propose_removal": {
        "title": "申请移出黑名单", "what": "提交后暂不生效，须由另一名复核员批准。", "reason": "移出理由",
        "button": "提交申请", "done": "申请已提交，等待复核。",
    },
    "approve_proposal": {
        "title": "批准申请", "what": "申请事项立即执行，并以申请人和您二人的名义记录。", "reason": "核查了哪些内容",
        "button": "批准", "done": "已批准并执行。",
    },
    "reject_proposal": {
        "title": "驳回申请", "what": "不作任何变更，可重新提交申请。", "reason": "驳回理由", "button": "驳回",
        "done": "已驳回。",
    },
    "withdraw_proposal": {
        "title": "撤回申请", "what": "不作任何变更，可重新提交申请。", "reason": "撤回理由", "button": "撤回",
        "done": "已撤回。",
    },
    "release_throttle": {
        "title": "解除限制", "what": "立即恢复可用次数。解除前请先确认失败操作确系本人所为。", "reason": "核实情况",
        "button": "解除", "done": "限制已解除。",
    },
    "acknowledge_alarm": {
        "title": "认领告警", "what": "此后由您负责处理，不再计入待处理告警。告警平静一刻钟后自动关闭。",
        "reason": "处理打算", "button": "认领", "done": "告警已由您认领。",
    },
    "open_incident": {
        "title": "由告警建立事件", "what": "建立事件时间线，相关人员均可补充记录；该告警视为已认领。",
        "reason": "目前掌握的情况", "button": "建立事件", "done": "事件已建立。",
    },
    "note_incident": {
        "title": "补充时间线", "what": "记录署您的姓名，提交后不可修改。", "reason": "发生了什么，或采取了什么措施",
        "button": "添加", "done": "已添加。",
    },
    "close_incident": {
        "title": "关闭事件", "what": "时间线以您的结论收尾，此后不能再补充。",
        "reason": "事件原因，以及如何避免再次发生", "button": "关闭事件", "done": "事件已关闭。",
    },
    "verify_records": {
        "title": "核验访问日志",
        "what": "从第一条到最新一条逐条重新计算，期间银行照常运行。若有记录不符，将触发严重告警。", "reason": "",
        "button": "开始核验", "done": "已开始核验，结论见下表。",
    },
}  # fmt: skip
