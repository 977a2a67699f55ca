"""The words of the portal's pages about the lives of interfaces: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

SAID: dict[str, tuple[Any, Any]] = {
    "notices": ("Notices", "公告"),
    "life_notices_lead": (
        "Which versions are new, which are going to end, and which have ended. For programs:",
        "新发布、即将终止和已终止的接口版本。程序可读取：",
    ),
    "life_ending": ("Going to end", "即将终止"),
    "life_ended": ("Ended", "已终止"),
    "life_in_service": ("In service", "服务中"),
    "life_nothing_ends": ("No version is going to end.", "暂无即将终止的版本。"),
    "life_nothing_ended": ("No version has ended yet.", "暂无已终止的版本。"),
    "life_version": ("Version", "版本"),
    "life_versions": ("Versions", "版本"),
    "life_other_versions": ("Versions in service", "提供中的版本"),
    "life_ends_on": ("Ends", "终止时间"),
    "life_since_when": ("Since", "发布时间"),
    "life_move_to": ("Build on", "请改用"),
    "life_no_successor": ("nothing replaces it", "无替代版本"),
    "life_states": (
        {
            "published": "in service", "deprecated": "ending", "terminated": "ended, answered with 410",
            "offline": "taken off", "archived": "archived",
        },
        {
            "published": "服务中", "deprecated": "待终止", "terminated": "已终止（返回410）", "offline": "已下线",
            "archived": "已归档",
        },
    ),
    "life_ends_warning": (
        "This version ends on {date}. Answers say so in Deprecation and Sunset.",
        "该版本将于 {date} 终止，应答中附带 Deprecation 与 Sunset 报文头。",
    ),
    "my_notices": ("Notices to this application", "本应用收到的通知"),
    "life_my_notices_lead": (
        "What the bank told this application about interfaces it uses. Say that you have read it, and sign what holds"
        " after the end: without your signature the bank cannot take the version off.",
        "银行就本应用所用接口发出的通知。请确认已阅，并签署终止后事项约定；未签署前，银行不得将该版本下线。",
    ),
    "life_no_notices": ("Nothing so far.", "暂无通知。"),
    "life_told_on": ("Told", "告知时间"),
    "life_seen_on": ("Acknowledged", "确认时间"),
    "life_signed_on": ("Signed", "签署时间"),
    "life_say_seen": ("I have read it", "确认已阅"),
    "life_agreement": ("What holds after the end", "终止后事项约定"),
    "life_agreement_lead": (
        "The bank has signed this text. Sign the file, byte for byte, with a registered signing key.",
        "银行已签署。请用已登记的签名私钥对文件原样签名。",
    ),
    "life_agreement_file": ("Download the text", "下载约定文本"),
    "life_bank_signed": ("Signed by the bank with key", "银行签名密钥"),
    "life_sign_here": ("Sign with the key held here", "用门户保管的密钥签署"),
    "life_sign_elsewhere": ("Signature, base64", "签名值（base64）"),
    "life_sign_hint": (
        "gm: SM2 with SM3, DER. intl: ECDSA P-256 with SHA-256, r and s, 64 bytes.",
        "国密：SM2/SM3 签名，DER 编码；国际：ECDSA P-256/SHA-256，r 与 s 共64字节。",
    ),
    "life_sign": ("Sign", "签署"),
}  # fmt: skip
