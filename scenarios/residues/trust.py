"""Who may hold which of a person's values where. What no line here allows is a residue, wherever it is found.

The application is trusted with none of them (JR/T 0185 7.2.2, 9.3.1-1.2, 9.3.3-2): what it needs to know it gets as
opaque references and masked text. The bank keeps its customers' data, but neither their passwords nor their codes in
clear (7.3.3-2.2). Each exception is one ``Allowance``, with the reason for it; a search that needs another one has
found something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scenarios.texts import Text

Kind = Literal["name", "id_number", "phone", "login_name", "password", "number", "code", "authenticator"]
Whose = Literal["user", "payee", "stranger", "bystander", "staff"]
Place = Literal[
    "application's files",
    "application's memory",
    "application's wire",
    "application's forms",
    "application's pages",
    "phone's files",
    "phone's memory",
    "bank's files",
    "bank's forms",
    "bank's pages",
]
"""Forms are what a browser sends, pages what it gets."""


@dataclass(frozen=True, slots=True)
class Value:
    """One canary: what it is, whose, and the text itself. ``number`` is that of an account or of a card."""

    kind: Kind
    whose: Whose
    text: str

    @property
    def name(self) -> str:
        """How a finding calls it: it must not repeat the value."""
        return f"the {self.whose}'s {self.kind.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Values of some kinds may lie in some places, for a reason. ``once_typed``: if somebody typed them there."""

    kinds: frozenset[Kind]
    places: frozenset[Place]
    why: Text
    once_typed: bool = False

    def covers(self, value: Value, place: Place, *, typed: bool) -> bool:
        return value.kind in self.kinds and place in self.places and (typed or not self.once_typed)


ALLOWANCES: tuple[Allowance, ...] = (
    Allowance(
        frozenset({"name", "number"}),
        frozenset({"application's forms"}),
        Text("A payer types into the application whom to pay.", "付款人在应用方页面填写收款人户名和账号。"),
    ),
    Allowance(
        frozenset({"name", "number"}),
        frozenset({"application's memory"}),
        Text(
            "What a payer typed is sealed at once and kept masked; Python does not overwrite what it frees.",
            "付款人填写的内容立即加密送银行，应用方只留存屏蔽后的内容；Python释放内存时不覆写。",
        ),
        once_typed=True,
    ),
    Allowance(
        frozenset({"name", "phone"}),
        frozenset({"phone's files", "phone's memory"}),
        Text("A phone knows its own number and its owner's name.", "手机存有本机号码和机主姓名。"),
    ),
    Allowance(
        frozenset({"code", "authenticator"}),
        frozenset({"phone's files", "phone's memory"}),
        Text(
            "Messages with codes come to the phone, and its authenticator makes codes from a secret.",
            "验证码短信发送到手机；手机上的动态口令应用以密钥生成口令。",
        ),
    ),
    Allowance(
        frozenset({"login_name", "number"}),
        frozenset({"bank's files"}),
        Text(
            "The bank finds its customers and their accounts by these; everything else about them lies sealed.",
            "银行以登录名和账号检索客户与账户；客户的其他信息均加密存储。",
        ),
    ),
    Allowance(
        frozenset({"login_name"}),
        frozenset({"bank's pages"}),
        Text(
            "Customers who ask the bank for their data get their login name.", "客户向银行查询本人数据时可见其登录名。"
        ),
    ),
    Allowance(
        frozenset({"login_name", "code"}),
        frozenset({"bank's forms"}),
        Text(
            "Both are typed on the bank's own page and cross TLS to the bank alone; a code is void once used.",
            "二者在银行自有页面输入，仅经TLS到达银行；验证码使用一次即失效。",
        ),
    ),
    Allowance(
        frozenset({"password"}),
        frozenset({"bank's forms"}),
        Text(
            "A browser without scripts has no keypad to seal it and uses the plain field, as the page says; with the"
            " keypad it leaves the browser sealed, which the tests show in a real one.",
            "无脚本的浏览器不能使用加密键盘，改用页面注明的普通输入框；使用键盘时口令离开浏览器前已加密，真实浏览器测试予以验证。",
        ),
    ),
)


def allowed(value: Value, place: Place, *, typed: bool) -> bool:
    """Whether any line lets this value lie there. ``typed``: its owner or a payer wrote it into a form there."""
    return any(each.covers(value, place, typed=typed) for each in ALLOWANCES)
