"""What the types of events mean, in English and Chinese, for every face that shows them. Texts only."""

from __future__ import annotations

from collections.abc import Mapping

_SAID: dict[str, tuple[str, str]] = {
    "consent.authorised": ("A user gave access", "用户已授权"),
    "consent.amended": ("Access was changed", "授权范围已变更"),
    "consent.revoked": ("Access was taken back", "授权已撤销"),
    "consent.expired": ("Access has expired", "授权已到期"),
    "consent.expiring": ("Access is going to expire", "授权即将到期"),
    "api_services.closed": ("A user closed all API services", "用户已关闭全部接口服务"),
    "application.status_changed": ("The application's status changed", "应用状态已变更"),
    "application.notice": ("A notice to the application", "致应用方的通知"),
    "interface.published": ("A new interface version", "接口新版本已发布"),
    "interface.changed": ("An interface is going to change", "接口变更通知"),
    "interface.deprecated": ("An interface version is going to end", "接口版本即将终止"),
    "interface.terminated": ("An interface version has ended", "接口版本已终止"),
    "key.announced": ("A new key is announced", "新密钥预告"),
    "key.retired": ("A key is retired", "密钥已停用"),
    "key.revoked": ("A key is revoked", "密钥已吊销"),
    "certificate.revoked": ("A certificate is revoked", "证书已吊销"),
    "sdk.released": ("A build of the SDK may be used", "SDK 版本可用"),
    "sdk.withdrawn": ("A build of the SDK is withdrawn", "SDK 版本已停用"),
    "transfer.executed": ("A payment that was held is executed", "暂缓的付款已执行"),
    "transfer.rejected": ("A payment that was held is rejected", "暂缓的付款未予办理"),
    "probe": ("A probe by the bank", "银行的探测"),
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {name: said[0] for name, said in _SAID.items()},
    "zh": {name: said[1] for name, said in _SAID.items()},
}
"""By language, then by the event's type."""
