"""What the page about the wallet's keys says, in English and Chinese."""

from __future__ import annotations

KEYS: dict[str, tuple[str, str]] = {
    "keys": ("Keys of this app", "本应用的密钥"),
    "keys_lead": (
        "With these the wallet proves itself to the bank. Their secret halves never leave this app, and lie encrypted.",
        "钱包凭这些密钥向银行证明身份。私钥从不离开本应用，且加密保存。",
    ),
    "keys_now": ("In use", "使用中"),
    "key_use": ("Use", "用途"),
    "key_name": ("Name at the bank", "银行登记名称"),
    "key_since": ("Since", "启用时间"),
    "key_since_founding": ("registration", "注册时"),
    "use_sig": ("Signs what the wallet sends", "为钱包发出的报文签名"),
    "use_enc": ("Opens what the bank sealed for the wallet", "解开银行加密给钱包的内容"),
    "use_mac": ("App_Secret, for public information only", "App_Secret，仅用于公开信息查询"),
    "keys_hint": (
        "The bank warns a month before a key ends. The wallet then makes a new one by itself, and the old one serves"
        " beside it for two weeks, so no page has to wait.",
        "密钥到期前一个月银行会发出提醒，钱包随即自动换新；旧密钥继续并用两周，用户无感知。",
    ),
    "custody": ("What was done to keys", "密钥操作记录"),
    "custody_none": ("Nothing yet: the keys are those of the registration.", "暂无记录：仍在使用注册时的密钥。"),
    "custody_at": ("When", "时间"),
    "custody_key": ("Key", "密钥"),
    "custody_deed": ("What", "操作"),
    "custody_why": ("Why", "原因"),
    "deed_generated": ("made", "生成"),
    "deed_registered": ("registered at the bank", "已在银行登记"),
    "deed_superseded": ("replaced", "被替换"),
    "deed_renewed": ("renewed", "已更新"),
    "deed_revoked": ("revoked", "已吊销"),
    "deed_destroyed": ("destroyed here", "已销毁"),
    "why_expiring": ("the bank warned of its end", "银行提醒即将到期"),
    "why_ordered": ("somebody asked for it", "人工操作"),
    "why_lost": ("it may be in others' hands", "疑似泄露"),
    "keys_order": ("Change keys now", "立即更换密钥"),
    "keys_order_hint": (
        "In a real app this is for its operators. Try it: pages go on working meanwhile.",
        "真实应用中仅限运维人员操作。您可以一试：期间页面照常可用。",
    ),
    "rotate_sig": ("New signing key", "更换签名密钥"),
    "rotate_enc": ("New sealing key", "更换加密密钥"),
    "renew_secret": ("New App_Secret", "更换App_Secret"),
    "lost_sig": ("The signing key may be stolen", "签名密钥疑似被盗"),
    "keys_changed": ("Done: the bank knows the new one.", "已完成，银行已登记新密钥。"),
    "held_key_custody": ("Log of keys", "密钥记录"),
    "held_key_custody_for": ("To know what was done to the wallet's keys", "查明钱包密钥的操作历史"),
    "held_key_custody_until": ("without limit; it names keys and nobody", "长期留存；只涉及密钥名称，不涉及个人"),
}
