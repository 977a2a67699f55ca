"""The lanes of the diagram, from left to right, and what each of them is called."""

from __future__ import annotations

from typing import Literal

from scenarios.texts import Text

Lane = Literal["user", "application", "line", "bank", "phone"]

LANES: dict[Lane, Text] = {
    "user": Text("User", "用户"),
    "application": Text("Application", "应用方"),
    "line": Text("The line", "线路"),
    "bank": Text("Bank", "银行"),
    "phone": Text("Phone", "手机"),
}
"""``line`` is drawn only where something happens to a message on its way."""

WHAT_THEY_ARE: dict[Lane, Text] = {
    "user": Text("with a browser", "使用浏览器"),
    "application": Text("a company's service", "第三方机构的服务"),
    "line": Text("an attacker or a fault", "攻击者或故障"),
    "bank": Text("keeps money and keys", "保管资金与密钥"),
    "phone": Text("a channel of its own", "独立的另一条通道"),
}
