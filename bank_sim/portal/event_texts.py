"""The words of the portal's pages about events and SDK builds: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

from bank_sim.events.words import WORDS as TYPES

SAID: dict[str, tuple[Any, Any]] = {
    "events": ("Events", "事件通知"),
    "ev_types": (TYPES["en"], TYPES["zh"]),
    "events_lead": (
        "What the bank told your application: a consent that ended, a key that changes, an interface that goes away."
        " Each is posted to your server, signed by the bank, in order, and again until your server answers 2xx.",
        "银行主动告知应用的事项：授权终止、密钥更换、接口下线等。每条通知由银行签名、按顺序推送，"
        "直到您的服务器返回 2xx。",
    ),
    "ev_address": ("Where to post them", "接收地址"),
    "ev_address_hint": (
        "The scheme, host and port of one of your redirect URIs. Empty: nothing is posted, and the log keeps them.",
        "须与某个已登记的回调地址同源（协议、主机、端口一致）。留空则不推送，仅保留在此。",
    ),
    "ev_posted_to": ("Posted to", "推送至"),
    "ev_save": ("Save", "保存"),
    "ev_none": (
        "No events yet. One comes when a user gives or takes back access, or the bank changes an interface or a key.",
        "暂无事件。用户授权或撤销、银行变更接口或密钥时，会在此出现。",
    ),
    "ev_states": (
        {"kept": "kept", "pending": "on its way", "delivered": "delivered", "dead": "dead letter"},
        {"kept": "已留存", "pending": "待送达", "delivered": "已送达", "dead": "死信"},
    ),
    "ev_show_all": ("All", "全部"),
    "ev_sequence": ("No.", "序号"),
    "ev_type": ("Event", "事件"),
    "ev_subject": ("About", "对象"),
    "ev_tries": ("Tries", "尝试次数"),
    "ev_again": ("Post again", "重新推送"),
    "ev_again_lead": (
        "An event keeps its number and event_id when it is posted again, so act upon an event_id once.",
        "重新推送时序号和 event_id 不变，请按 event_id 去重，每条只处理一次。",
    ),
    "ev_dead_all": ("Post all dead letters again", "重新推送全部死信"),
    "ev_first": ("From No.", "起始序号"),
    "ev_last": ("to No.", "结束序号"),
    "ev_range": ("Post this range again", "重新推送该区间"),
    "ev_one": ("Post this event again", "重新推送此事件"),
    "ev_body": ("What is posted", "推送内容"),
    "ev_attempts": ("Tries to deliver", "推送记录"),
    "ev_no_attempts": ("Not tried yet.", "尚未推送。"),
    "ev_outcomes": (
        {
            "delivered": "taken", "answered": "not taken", "unreachable": "no connection",
            "timed_out": "no answer in time", "fault": "a fault of the sandbox: sent late, or once more",
            "certificate_refused": "certificate does not hold",
            "address_refused": "the bank does not post to this address",
        },
        {
            "delivered": "已接收", "answered": "未接收", "unreachable": "无法连接", "timed_out": "应答超时",
            "fault": "沙箱故障：延迟发出或重复发出",
            "certificate_refused": "证书校验失败", "address_refused": "地址不允许推送",
        },
    ),
    "ev_replayed": ("posted again on request", "应要求重新推送"),
    "ev_how": ("How to verify them", "如何验证"),
    "sdk_title": ("Builds of the SDK", "SDK 版本"),
    "sdk_lead": (
        "Every build that the bank has published, and whether it may be used. The SDK says with each A2 call which"
        " build it is; an application that is held to the SDK is refused with any other.",
        "银行发布过的每个 SDK 版本及其可用状态。SDK 在每次 A2 调用中声明自身版本；"
        "登记为校验 SDK 的应用，使用其他版本将被拒绝。",
    ),
    "sdk_version": ("Version", "版本"),
    "sdk_fingerprint": ("Fingerprint (SM3)", "指纹（SM3）"),
    "sdk_released": ("Published", "发布时间"),
    "sdk_files": ("Files", "文件数"),
    "sdk_states": ({"allowed": "may be used", "withdrawn": "withdrawn"}, {"allowed": "可用", "withdrawn": "已停用"}),
    "sdk_too_old": ("too old", "版本过低"),
    "sdk_manifest": ("Signed manifest", "签名清单"),
    "sdk_minimum": ("The least version that may be used is {version}.", "最低可用版本：{version}。"),
    "sdk_check": ("Check your own copy", "校验您手中的 SDK"),
    "sdk_check_lead": (
        "Download the manifest, verify the bank's signature, and compare every file:",
        "下载签名清单，验证银行签名，再逐个文件比对：",
    ),
}  # fmt: skip
