"""What the phone's pages say, in Chinese and English. The messages themselves are the sender's words."""

from __future__ import annotations

from flask import Request

_EN = {
    "lang": "en",
    "title": "Phones",
    "intro": "The users' mobile phones. The bank's text messages arrive here.",
    "none": "No phone has received a message yet.",
    "messages": "messages",
    "back": "All phones",
    "empty": "No messages yet. A code asked for at the bank appears here.",
    "not_found": "There is no such page.",
    "note": "Simulated phone of a sandbox: no message leaves this computer.",
}
_ZH = {
    "lang": "zh-CN",
    "title": "手机",
    "intro": "用户的手机。银行发出的短信会显示在这里。",
    "none": "尚无手机收到短信。",
    "messages": "条短信",
    "back": "全部手机",
    "empty": "暂无短信。在银行页面获取的验证码会显示在这里。",
    "not_found": "页面不存在。",
    "note": "沙箱中的模拟手机，短信不会离开本机。",
}


def texts_for(request: Request) -> dict[str, str]:
    """Chinese for a browser that prefers Chinese, English otherwise."""
    preferred = request.accept_languages.best or ""
    return _ZH if preferred.lower().startswith("zh") else _EN
