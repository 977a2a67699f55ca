"""The words of the portal about an application's own credentials: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

SAID: dict[str, tuple[Any, Any]] = {
    "own_keys": ("Keys and secrets", "密钥管理"),
    "own_keys_lead": (
        "Replace each before it ends. Old and new serve side by side for a while, so nothing of yours has to stop.",
        "请在到期前更换。新旧密钥并用一段时间，业务无需停顿。",
    ),
    "own_keys_soon": (
        "{keyid} ends in {days} days. Register its successor now.",
        "{keyid} 将在 {days} 天后到期，请尽快登记新密钥。",
    ),
    "own_keys_new": ("A new key pair", "更换密钥对"),
    "own_keys_new_lead": (
        "A key is taken only with an order that your present key has signed, and only if its private half answers a"
        " challenge. So this happens in your program, not here:",
        "登记新密钥须由现有密钥签名，并由新私钥应答挑战，因此在您的程序中完成，而非在本页：",
    ),
    "own_keys_wire": ("Without the SDK: POST /oauth/keys", "不用 SDK：POST /oauth/keys"),
    "own_secret": ("A new App_Secret", "更换 App_Secret"),
    "own_secret_lead": (
        "Shown once. The present one serves beside it for a day; then it is refused.",
        "仅展示一次。现有 App_Secret 继续有效一天，之后失效。",
    ),
    "own_secret_renew": ("Renew App_Secret", "更换 App_Secret"),
    "own_secret_fresh": ("Your new App_Secret, shown this once:", "新的 App_Secret，仅展示这一次："),
    "own_revoke": ("Lost or stolen?", "密钥丢失或被盗？"),
    "own_revoke_lead": (
        "Revoked at once and for good, with every token bound to it. Whoever holds it is shut out; so are you, if it is"
        " your only signing key.",
        "立即吊销且不可恢复，绑定的令牌一并失效。盗用者随即被拒；若这是您唯一的签名密钥，您也将无法调用。",
    ),
    "own_revoke_which": ("Credential", "凭证"),
    "own_revoke_why": ("What happened?", "事由"),
    "own_revoke_now": ("Revoke now", "立即吊销"),
    "own_revoked": ("Revoked.", "已吊销。"),
    "own_custody": ("What was done to your keys", "密钥操作记录"),
    "own_custody_none": ("Nothing since registration.", "注册以来暂无操作。"),
    "own_custody_by": ("By", "操作人"),
    "own_custody_you": ("your application", "您的应用"),
    "own_custody_bank": ("the bank", "银行"),
    "own_deeds": (
        {"registered": "registered", "superseded": "replaced", "revoked": "revoked", "renewed": "renewed"},
        {"registered": "已登记", "superseded": "被替换", "revoked": "已吊销", "renewed": "已更换"},
    ),
}
