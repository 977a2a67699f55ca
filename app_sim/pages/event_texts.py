"""What the wallet says of the bank's events, in English and Chinese."""

from __future__ import annotations

EVENTS: dict[str, tuple[str, str]] = {
    "told": ("What the bank told us", "银行发来的通知"),
    "told_lead": (
        "The bank posts these to the wallet. Each is verified before it is believed: signed by the bank, meant for us,"
        " just now, and once.",
        "由银行主动推送。每条通知先验证再采信：银行签名、发给本应用、刚刚签发且仅处理一次。",
    ),
    "told_nothing": ("Nothing yet about interfaces, keys or the wallet itself.", "暂无关于接口、密钥或本应用的通知。"),
    "told_what": ("Notice", "通知"),
    "told_about": ("About", "对象"),
    "told_when": ("When", "时间"),
    "told_missing": (
        "Still to come: numbers {numbers}. The bank posts them again, in order.",
        "尚缺序号 {numbers} 的通知，银行会按序补发。",
    ),
    "told_refused": (
        "Refused, because not from the bank or sent twice: {count}.",
        "已拒绝 {count} 条并非来自银行或重复发送的报文。",
    ),
    "told_consent_authorised": ("A user gave access", "用户已授权"),
    "told_consent_amended": ("Access was changed", "授权范围已变更"),
    "told_consent_revoked": ("Access was taken back", "授权已撤销"),
    "told_consent_expiring": ("Access is going to expire", "授权即将到期"),
    "told_consent_expired": ("Access has expired", "授权已到期"),
    "told_api_services_closed": ("A user closed all API services", "用户已关闭全部接口服务"),
    "told_application_status_changed": ("The wallet's status at the bank changed", "本应用在银行的状态已变更"),
    "told_application_notice": ("A notice to the wallet", "致本应用的通知"),
    "told_interface_published": ("A new interface version", "接口新版本已发布"),
    "told_interface_changed": ("An interface is going to change", "接口变更通知"),
    "told_interface_deprecated": ("An interface version is going to end", "接口版本即将终止"),
    "told_interface_terminated": ("An interface version has ended", "接口版本已终止"),
    "told_key_announced": ("A new key is announced", "新密钥预告"),
    "told_key_retired": ("A key is retired", "密钥已停用"),
    "told_key_revoked": ("A key is revoked", "密钥已吊销"),
    "told_certificate_revoked": ("A certificate is revoked", "证书已吊销"),
    "told_sdk_released": ("A build of the SDK may be used", "SDK版本可用"),
    "told_sdk_withdrawn": ("A build of the SDK is withdrawn", "SDK版本已停用"),
    "told_transfer_executed": ("A payment that was held is executed", "暂缓的付款已执行"),
    "told_transfer_rejected": ("A payment that was held is rejected", "暂缓的付款未予办理"),
    "told_probe": ("A probe by the bank", "银行的探测"),
    "held_bank_events": ("The bank's notices", "银行通知"),
    "held_bank_events_for": ("To act upon each once", "每条通知只处理一次"),
    "held_bank_events_until": ("the app is closed; they name no person", "应用停用为止；不含个人信息"),
    "held_event_nonces": ("Notices seen lately", "近期通知的随机数"),
    "held_event_nonces_for": ("To refuse what is sent twice", "识别并拒绝重放"),
    "held_event_nonces_until": ("20 minutes", "20分钟"),
}
