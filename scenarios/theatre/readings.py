"""Who can read what of a message: each party, and whoever might break TLS between them.

For calls of machines it is shown in full, as each of them has it: sealed parts opened for those who hold the key, and
closed for the others. What people type and read is not kept; there it is said in words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from scenarios.texts import Text
from scenarios.theatre.lanes import Lane
from scenarios.theatre.message import Kind, Message

Extent = Literal["all", "part", "nothing"]
SEALED_SHOWN_CHARS = 20


@dataclass(frozen=True, slots=True)
class View:
    """What one of them has of a message. ``request`` and ``answer``: the members as they see them; "" for none."""

    lane: Lane
    extent: Extent
    sentence: Text
    request: str = ""
    answer: str = ""


def views_of(message: Message) -> tuple[View, ...]:
    """The views of a message, the sender's first."""
    if message.exchange is not None and message.kind in ("api", "oauth"):
        return _of_call(message)
    return tuple(View(lane, extent, sentence) for lane, extent, sentence in _IN_WORDS[message.kind])


def _of_call(message: Message) -> tuple[View, ...]:
    exchange = message.exchange
    assert exchange is not None
    request, answer = _members(exchange.request_body), _members(exchange.answer_body)
    opened = exchange.opened
    has_sealed = "sealed" in request or "sealed" in answer
    closed = _Closed(request, answer)
    for_application = _shown(_open(answer, opened.get("answer")))
    # The application sealed what it sent, and so knows it even where the bank refused before opening it.
    at_application = _shown(_open(request, opened.get("request")))
    at_bank = at_application if "request" in opened or "sealed" not in request else closed.request
    extent: Extent = "part" if has_sealed else "all"
    of_line, of_bank = (_LINE_SEALED, _BANK_OPENED) if has_sealed else (_LINE_CLEAR, _BANK_READ)
    return (
        View("application", "all", _WROTE_IT, at_application, for_application),
        View("line", extent, of_line, closed.request, closed.answer),
        View("bank", "all", of_bank, at_bank, for_application),
        View("user", "nothing", _USER_APART),
    )


class _Closed:
    """Both halves as they are without a key."""

    def __init__(self, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        self.request = _shown(_close(request))
        self.answer = _shown(_close(answer))


def _open(members: Mapping[str, Any], opened: Mapping[str, Any] | None) -> dict[str, Any]:
    if opened is None:
        return _close(members)
    return {name: value for name, value in members.items() if name != "sealed"} | dict(opened)


def _close(members: Mapping[str, Any]) -> dict[str, Any]:
    sealed = members.get("sealed")
    if not isinstance(sealed, str):
        return dict(members)
    return {**members, "sealed": f"{sealed[:SEALED_SHOWN_CHARS]}… ({len(sealed)})"}


def _members(body: str) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return dict(parse_qsl(body, keep_blank_values=True))
    return parsed if isinstance(parsed, dict) else {}


def _shown(members: Mapping[str, Any]) -> str:
    return json.dumps(members, ensure_ascii=False, indent=1) if members else ""


_WROTE_IT = Text(
    "Wrote the request, and opens the answer with its own private key.", "撰写请求，并用自己的私钥解开应答。"
)
_LINE_SEALED = Text(
    "With TLS nothing. Whoever broke TLS would read this: the sealed part stays closed, and a change would break the "
    "signature.",
    "TLS之下读不到任何内容。即使TLS被攻破，也只能看到以下内容：密文部分无法解开，任何改动都会使签名失效。",
)
_LINE_CLEAR = Text(
    "With TLS nothing. Whoever broke TLS would read this, and could change none of it unnoticed: it is signed.",
    "TLS之下读不到任何内容。即使TLS被攻破，也只能读取，不能改动而不被发现：报文带有签名。",
)
_BANK_OPENED = Text(
    "Opens the sealed part with its own key. It cannot sign in the application's name.",
    "用自己的密钥解开密文部分，但无法以应用方的名义签名。",
)
_BANK_READ = Text("Reads it. It cannot sign in the application's name.", "可读取全部内容，但无法以应用方的名义签名。")
_USER_APART = Text(
    "Does not see this message; sees what the application makes of it.", "看不到这条报文，只看到应用方展示的结果。"
)

_IN_WORDS: dict[Kind, tuple[tuple[Lane, Extent, Text], ...]] = {
    "bank_page": (
        ("user", "all", Text("Types and reads on the bank's own page.", "在银行自己的页面上输入和阅读。")),
        (
            "application",
            "nothing",
            Text(
                "Is not on this way at all: it sees neither password nor code nor the bank's pages.",
                "完全不在这条路径上：看不到密码、验证码，也看不到银行的页面。",
            ),
        ),
        (
            "line",
            "nothing",
            Text(
                "With TLS nothing. A password typed on the bank's keypad is sealed in the browser besides.",
                "TLS之下读不到任何内容。用银行键盘输入的密码在浏览器内已另行加密。",
            ),
        ),
        ("bank", "all", Text("Reads what was typed; alone it does.", "读取用户的输入，且只有银行能读取。")),
    ),
    "application_page": (
        ("user", "all", Text("Types and reads on the application's page.", "在应用方的页面上输入和阅读。")),
        (
            "application",
            "all",
            Text(
                "Reads what was typed. This page never asks for a bank password.",
                "读取用户的输入。应用页面从不索取银行密码。",
            ),
        ),
        ("line", "nothing", Text("With TLS nothing.", "TLS之下读不到任何内容。")),
        (
            "bank",
            "nothing",
            Text("Does not see this; it sees what the application then asks for.", "看不到；只看到应用方随后的请求。"),
        ),
    ),
    "phone_page": (
        ("user", "all", Text("Reads the message on the phone.", "在手机上阅读短信。")),
        ("application", "nothing", Text("Does not see the phone.", "看不到手机上的内容。")),
        ("bank", "nothing", Text("Sent it, and does not see it being read.", "只负责发送，看不到用户是否阅读。")),
    ),
    "sms": (
        ("bank", "all", Text("Wrote it; it names the payee and the amount.", "由银行撰写；付款短信写明收款人与金额。")),
        ("phone", "all", Text("Receives and shows it.", "接收并显示。")),
        ("user", "all", Text("Compares payee and amount before typing the code.", "输入验证码前核对收款人与金额。")),
        ("application", "nothing", Text("Never gets the code.", "始终拿不到验证码。")),
        (
            "line",
            "part",
            Text(
                "Real short messages lie open to the mobile network, so the code is good for one purpose only.",
                "真实短信对移动网络是可见的，因此验证码只对这一笔操作有效。",
            ),
        ),
    ),
    "event": (
        ("bank", "all", Text("Wrote and signed it.", "由银行撰写并签名。")),
        (
            "application",
            "all",
            Text("Verifies the bank's signature before it believes a word.", "先验证银行签名，再采信内容。"),
        ),
        ("user", "nothing", Text("Is not on this way.", "不在这条路径上。")),
        (
            "line",
            "nothing",
            Text("With TLS nothing, and it cannot sign for the bank.", "TLS之下读不到任何内容，也无法冒用银行签名。"),
        ),
    ),
    "device": (
        ("phone", "all", Text("Shows payee and amount, and signs both.", "显示收款人与金额，并对二者签名。")),
        ("bank", "all", Text("Verifies the phone's signature.", "核验手机的签名。")),
        ("application", "nothing", Text("Is not on this way.", "不在这条路径上。")),
        ("line", "nothing", Text("With TLS nothing, and it cannot sign.", "TLS之下读不到任何内容，也无法签名。")),
    ),
}
