"""The clauses of the cooperation agreement, in English and Chinese (JR/T 0185 9.1.1 c, 12.2). Texts only.

Whoever changes a text changes ``TEMPLATE_VERSION``: what was signed before stays as it was signed.
"""

from __future__ import annotations

TEMPLATE_VERSION = "2026-1"

CLAUSES: dict[str, tuple[str, str]] = {
    "no_overreach": (
        "The application party calls only the interfaces listed here, for the scenes named here, and never on behalf"
        " of somebody else.",
        "应用方仅可在约定场景内调用本协议所列接口，不得越权访问，不得代他人调用。",
    ),
    "user_information": (
        "Both sides protect users' information: least data, sealed in transit and at rest, deleted on request. The"
        " bank answers for its pages and records, the application party for whatever it holds.",
        "双方均须保护用户信息：最少够用，传输与存储加密，应用户要求删除。银行对自身页面和记录负责，应用方对所持数据负责。",
    ),
    "transaction_security": (
        "Every payment is confirmed by its user at the bank with two factors; the application party neither asks for"
        " passwords or codes nor keeps them.",
        "每笔支付均由用户在银行以双因素确认；应用方不得索取或留存用户密码和验证码。",
    ),
    "own_consent": (
        "What the application party collects for itself it collects with a consent of its own, and tells users that"
        " the bank has no part in it. A consent given at the bank is no substitute.",
        "应用方为自身服务收集信息，须另行取得用户明示同意，并告知与银行服务无关；不得以银行授权代替。",
    ),
    "no_sharing": (
        "Neither interfaces nor data are passed on, shared with or subcontracted to third parties.",
        "不得将接口能力或数据转让、共享或分包给第三方。",
    ),
    "logs": (
        "The application party keeps the logs of application, network, host and security products for six months at"
        " least.",
        "应用方留存应用、网络、主机及安全产品日志不少于六个月。",
    ),
    "incidents": (
        "Each side tells the other without delay of weaknesses and incidents, and helps to find their cause.",
        "任何一方发现漏洞或安全事件，应立即告知对方并配合调查。",
    ),
    "exit": (
        "When the cooperation ends, credentials and consents end with it, and the application party deletes what it"
        " holds and states so with its signature.",
        "合作终止时，凭据与授权同时失效，应用方删除所持数据并出具签名声明。",
    ),
    "confidentiality": (
        "Confidentiality of users' information outlasts this agreement.",
        "对用户信息的保密义务不因本协议终止而消灭。",
    ),
}
"""By id: what an agreement must settle besides its numbers."""
