"""The words of the console about the bank's own keys: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "bank_keys": ("Bank keys", "银行密钥"),
    "bank_keys_lead": (
        "With these the bank signs its answers and opens what partners seal. Partners follow a change by themselves:"
        " each key is vouched for by the one before it.",
        "银行用这些密钥为应答签名、解开合作方加密的内容。新密钥由旧密钥签名担保，合作方自动跟进，无需人工更换。",
    ),
    "bank_keys_kind": ("Suite and use", "套件与用途"),
    "bank_key": ("Key", "密钥"),
    "ring_next": ("prepared", "备用"),
    "ring_active": ("in force", "在用"),
    "ring_retiring": ("still understood", "过渡中"),
    "ring_retired": ("ended", "已退役"),
    "ring_revoked": ("revoked", "已吊销"),
    "ring_since": ("Since", "起始时间"),
    "ring_due": ("Comes next", "后续安排"),
    "ring_due_next": ("comes into force {at}", "{at}启用"),
    "ring_due_retiring": ("ends {at}", "{at}退役"),
    "ring_unplanned": ("nothing planned", "暂无安排"),
    "plan_rotation": ("Plan rotation", "安排轮换"),
    "revoke_now": ("Revoke now", "立即吊销"),
    "rotation_waits": ("Waits for review", "待复核"),
    "custody": ("Custody log", "密钥保管记录"),
    "custody_at": ("When", "时间"),
    "custody_hint": (
        "Who made, changed or ended which key, and why. Lines are only ever added.",
        "何人、何时、因何生成、更换或终止了哪把密钥。记录只增不改。",
    ),
    "deeds": (
        {
            "generated": "made", "announced": "announced", "active": "in force", "retiring": "makes way",
            "retired": "ended", "revoked": "revoked",
        },
        {
            "generated": "生成", "announced": "预告启用", "active": "启用", "retiring": "进入过渡期",
            "retired": "退役", "revoked": "吊销",
        },
    ),
    "custody_reasons": (
        {
            "founded": "the bank was founded", "as announced": "as announced", "overlap is over": "overlap is over",
            "validity ends": "its validity ends",
            "proposed by one, agreed by another": "proposed by one, agreed by another",
        },
        {
            "founded": "银行系统初始化", "as announced": "按预告启用", "overlap is over": "过渡期结束",
            "validity ends": "有效期将满", "proposed by one, agreed by another": "双人复核通过",
        },
    ),
    "proposal_rotate_bank_key": ("Rotate a key of the bank", "轮换银行密钥"),
}  # fmt: skip

_ACTIONS: dict[str, dict[str, tuple[Any, Any]]] = {
    "propose_key_rotation": {
        "title": ("Propose a rotation", "申请轮换密钥"),
        "what": (
            "Nothing changes yet. Once a reviewer agrees, partners get an event, the prepared key comes into force"
            " after the notice, and the old one is understood for a while longer. No call fails.",
            "暂不生效。复核通过后向合作方发送事件，预告期满启用备用密钥，旧密钥在过渡期内仍可使用，调用不受影响。",
        ),
        "reason": ("Why is it rotated?", "轮换原因"),
        "button": ("Propose", "提交"),
        "done": ("Proposed. A reviewer must agree.", "已提交，待复核。"),
    },
    "revoke_certificate": {
        "title": ("Revoke the client certificate", "吊销客户端证书"),
        "what": (
            "Every connection that presents it is refused with CERT_REVOKED from the next call on, in every worker."
            " This cannot be undone: the application has a new one issued.",
            "自下一次调用起，出示该证书的连接一律被拒（CERT_REVOKED），且不可恢复，应用方须重新申请证书。",
        ),
        "reason": ("Why is it revoked?", "吊销原因"),
        "button": ("Revoke now", "立即吊销"),
        "done": ("The certificate is revoked.", "证书已吊销。"),
    },
    "revoke_bank_key": {
        "title": ("Revoke a key of the bank", "吊销银行密钥"),
        "what": (
            "For an emergency only: the key may be in others' hands. It is destroyed at once, the prepared one takes"
            " its place, and partners are told to believe it no more. Who sealed to it seals again.",
            "仅限紧急情况：密钥疑似泄露。该密钥立即销毁，备用密钥随即启用，并通知合作方不再信任旧密钥；"
            "已用旧密钥加密的内容须重新加密。",
        ),
        "reason": ("What happened?", "事由"),
        "button": ("Revoke now", "立即吊销"),
        "done": ("Revoked. The prepared key is in force.", "已吊销，备用密钥已启用。"),
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
