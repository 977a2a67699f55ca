"""What a message says in a few words: first for people, the technical name comes second.

An interface is named by what is asked for, a page by what the user does there. What is not listed here is described by
its title or its path: nothing is left out because nobody found words for it.
"""

from __future__ import annotations

import re

from scenarios.texts import Text

Said = tuple[Text, Text]
"""The request, and an answer that is no refusal."""

BY_API: dict[str, Said] = {
    "products.list": (Text("What products are there?", "有哪些产品？"), Text("The products", "产品列表")),
    "products.get": (Text("Tell me about this product", "查询一款产品"), Text("The product", "产品详情")),
    "rates.list": (Text("What are the rates?", "查询利率与汇率"), Text("The rates", "利率与汇率")),
    "accounts.list": (
        Text("Which accounts did the user open to me?", "用户授权了哪些账户？"),
        Text("The accounts, numbers masked", "授权账户（账号已脱敏）"),
    ),
    "accounts.balance": (
        Text("What is the balance?", "查询余额"),
        Text("The balance, for the application's eyes only", "余额（仅该应用方可解密）"),
    ),
    "accounts.balances": (
        Text("What are the balances?", "查询各账户余额"),
        Text("The balances, for the application's eyes only", "各账户余额（仅该应用方可解密）"),
    ),
    "accounts.transactions": (
        Text("What came and went?", "查询交易明细"),
        Text("The transactions, for the application's eyes only", "交易明细（仅该应用方可解密）"),
    ),
    "accounts.limits": (Text("What are the limits?", "查询限额"), Text("The limits", "限额")),
    "wealth.holdings": (
        Text("What does the user hold?", "查询理财持有份额"),
        Text("The holdings, for the application's eyes only", "持有份额（仅该应用方可解密）"),
    ),
    "points.get": (Text("How many points?", "查询积分"), Text("The points", "积分")),
    "transfers.create": (
        Text("Order a transfer; the payee is sealed", "提交转账指令（收款人已加密）"),
        Text("Noted; the user must confirm it at the bank", "已登记，等待用户在银行确认"),
    ),
    "transfers.execute": (
        Text("Execute what the user confirmed", "执行用户已确认的转账"),
        Text("Done, the money has moved", "转账完成"),
    ),
    "transfers.get": (Text("What became of the transfer?", "查询转账结果"), Text("Its state", "转账状态")),
    "debits.create": (
        Text("Take a debit under the agreement", "按协议扣款"),
        Text("Done, within what was agreed", "扣款完成，未超出约定"),
    ),
}

BY_PATH: dict[str, Said] = {
    "/oauth/par": (
        Text("This is what I shall ask the user for", "预先提交：将请求用户授权的内容"),
        Text("Send the user over with this reference", "凭此编号引导用户前来"),
    ),
    "/oauth/token": (
        Text("Here is the one-time code: give me a token", "以一次性授权码换取令牌"),
        Text("An access token, bound to this application", "访问令牌（仅限该应用方使用）"),
    ),
    "/oauth/revoke": (Text("Forget this token", "注销令牌"), Text("Forgotten", "已注销")),
    "/oauth/events": (
        Text("What have you told me since then?", "补取此后的通知"),
        Text("What was told", "通知列表"),
    ),
    "/.well-known/jwks.jwt": (
        Text("Which keys does the bank have now?", "查询银行当前的公钥"),
        Text("Its keys, signed", "经签名的公钥集"),
    ),
    "/oauth/introspect": (Text("Is this token still good?", "令牌是否仍然有效？"), Text("Its state", "令牌状态")),
    "/oauth/embedded": (
        Text("Let the user type in a frame of yours", "请求在应用内嵌入银行的密码框"),
        Text("The frame's address", "嵌入页面的地址"),
    ),
    "/oauth/embedded/proof": (
        Text("Here is what the user typed; I cannot open it", "转交用户输入的密文（应用方无法解密）"),
        Text("Opened and checked", "已解密并核验"),
    ),
}

_PAGES: tuple[tuple[str, str, str, Text], ...] = (
    ("bank", "GET", r"/authorize", Text("Arrives, sent over by the application", "由应用方引导而来")),
    ("bank", "POST", r"/authorize/login", Text("Proves who they are: login name and password", "登录：登录名与密码")),
    ("bank", "POST", r"/login", Text("Proves who they are: login name and password", "登录：登录名与密码")),
    ("bank", "POST", r"/authorize/notice", Text("Has read the risk notice", "确认已阅读风险提示")),
    ("bank", "POST", r"/(authorize/)?code", Text("Asks for another code", "请求重新发送验证码")),
    ("bank", "POST", r"/(authorize/)?factor", Text("Gives the second factor", "提交第二重验证")),
    ("bank", "POST", r"/authorize/decision", Text("Decides", "作出决定")),
    ("bank", "POST", r"/(authorize/)?choose", Text("Chooses another second factor", "选择另一种验证方式")),
    ("bank", "GET", r"/(authorize/)?approval", Text("Waits for the phone's word", "等待手机确认")),
    (
        "bank",
        "GET",
        r"/embedded",
        Text("The bank's own frame in the application's page", "在应用页面中打开银行的嵌入框"),
    ),
    ("bank", "POST", r"/security/phone", Text("Binds a phone that signs", "绑定可签名的手机")),
    ("bank", "POST", r"/security/authenticator", Text("Sets up an authenticator", "设置动态码")),
    ("bank", "POST", r"/security/authenticator/confirm", Text("Shows that it works", "输入动态码确认")),
    ("bank", "POST", r"/security/key", Text("Adds a security key", "添加安全密钥")),
    ("bank", "POST", r"/security/[^/]+/remove", Text("Removes a second factor", "移除一种验证方式")),
    ("bank", "POST", r"/services/close", Text("Closes API services altogether", "关闭全部接口服务")),
    ("bank", "POST", r"/services/reopen", Text("Opens API services again", "重新开通接口服务")),
    ("bank", "POST", r"/device/activations", Text("Here is my public key", "提交手机公钥")),
    ("bank", "POST", r"/device/approvals", Text("Is there anything to approve?", "查询待确认事项")),
    (
        "bank",
        "POST",
        r"/device/decisions",
        Text("The user's word, signed over payee and amount", "用户的决定（已对收款人与金额签名）"),
    ),
    ("bank", "POST", r"/consents/[^/]+/revoke", Text("Withdraws a consent", "撤销授权")),
    ("bank", "POST", r"/data/export", Text("Takes a copy of their data", "下载本人信息")),
    ("bank", "POST", r"/data/delete", Text("Has deleted what nothing keeps", "删除不再需要的本人信息")),
    ("bank", "POST", r"/logout", Text("Logs out", "退出登录")),
    ("bank", "GET", r"/aids/.*", Text("Sandbox aid: asks for fictional data", "沙箱辅助：获取虚构数据")),
    ("application", "POST", r"/sign-in", Text("Signs in at the application", "登录应用")),
    ("application", "POST", r"/sign-out", Text("Signs out", "退出应用")),
    ("application", "POST", r"/link", Text("“Link a bank account”", "“关联银行账户”")),
    ("application", "POST", r"/unlink", Text("“Unlink”", "“解除关联”")),
    ("application", "GET", r"/callback", Text("Comes back with a one-time code", "携一次性授权码返回")),
    ("application", "GET", r"/accounts", Text("Looks at accounts and balances", "查看账户与余额")),
    ("application", "POST", r"/pay", Text("“Pay”: payee and amount", "“付款”：收款人与金额")),
    ("application", "POST", r"/payments/<[^>]+>/confirm", Text("“Continue at the bank”", "“前往银行确认”")),
    ("application", "POST", r"/payments/<[^>]+>/execute", Text("“Complete this payment”", "“继续执行该笔付款”")),
    (
        "application",
        "POST",
        r"/payments/<[^>]+>/open-here",
        Text("“Confirm here, on the bank's keypad”", "“在本页用银行键盘确认”"),
    ),
    (
        "application",
        "POST",
        r"/payments/<[^>]+>/here",
        Text("Passes on what the bank's frame sealed", "转交嵌入框的密文"),
    ),
    ("application", "GET", r"/kept/export", Text("Takes a copy of their data", "下载本人数据")),
    ("application", "POST", r"/kept|/forget", Text("“Delete my data”", "“删除我的数据”")),
    ("phone", "POST", r"/phone/<[^>]+>/bank/bind", Text("Types the activation code", "在手机上输入激活码")),
    ("phone", "POST", r"/phone/<[^>]+>/bank/answer", Text("Taps yes or no", "在手机上点选同意或拒绝")),
    ("phone", "GET", r"/phone/<[^>]+>", Text("Reads the message", "查看短信")),
)
_PATTERNS = [(party, method, re.compile(pattern), said) for party, method, pattern, said in _PAGES]
_SUFFIX = re.compile(r"\s+[·|—-]\s+[^·|—-]+$")

SENT_BACK = Text("Goes back to the application, with a one-time code", "携一次性授权码返回应用方")
SENT_TO_BANK = Text("Over to the bank", "转到银行")
NEXT_PAGE = Text("On to the next page", "进入下一页")
BELIEVED = Text("Verified, taken", "验证通过，已接收")
NOT_BELIEVED = Text("Not taken", "未接收")
_EVENTS: dict[str, Text] = {
    "consent.": Text("Tells of a user's consent", "通知授权变化"),
    "api_services.": Text("Tells that a user closed API services", "通知用户已关闭接口服务"),
    "application.": Text("Tells something about the application", "通知应用方事项"),
    "interface.": Text("Tells of a change of an interface", "通知接口变更"),
    "key.": Text("Tells of a change of keys", "通知密钥更换"),
    "certificate.": Text("Tells of a certificate", "通知证书变化"),
    "sdk.": Text("Tells of a build of the SDK", "通知SDK版本变化"),
    "probe": Text("Probes whether it verifies", "探测是否验证"),
}
SMS = Text("A message with a one-time code", "发送含一次性验证码的短信")
SMS_PLAIN = Text("A message to the user", "发送短信通知")
ARRIVED = Text("Arrived", "已送达")
SHOWN = Text("The page", "显示页面")


def event(kind: str) -> Text:
    """What the bank tells an application, by the type of the event."""
    return next((said for name, said in _EVENTS.items() if kind.startswith(name)), Text("Tells something", "通知"))


def page_request(party: str, method: str, path: str, title: str) -> Text:
    """What a user does with this request."""
    for of, how, pattern, said in _PATTERNS:
        if (of, how) == (party, method) and pattern.fullmatch(path):
            return said
    name = _SUFFIX.sub("", title)
    if method == "GET" and name and not title.startswith("Redirecting"):
        return Text(f"Opens “{name}”", f"打开“{name}”")
    return (
        Text(f"Opens {path}", f"打开{path}") if method == "GET" else Text(f"Sends a form: {path}", f"提交表单：{path}")
    )


def page_answer(title: str, location: str) -> Text:
    """What the user gets to see: a page, or the way to another one."""
    if location:
        # With or without a host in front, and with or without parameters behind.
        path = re.sub(r"^(https?:)?(//)?[^/]*", "", location).partition("?")[0]
        return {"/callback": SENT_BACK, "/authorize": SENT_TO_BANK}.get(path, NEXT_PAGE)
    name = _SUFFIX.sub("", title)
    return Text(f"Page “{name}”", f"页面“{name}”") if name else SHOWN


BY_GRANT: dict[str, Said] = {
    "refresh_token": (
        Text("Renew my token", "刷新令牌"),
        Text("A fresh access token", "新的访问令牌"),
    ),
    "client_credentials": (
        Text("A token for myself, for public information", "申请应用自身的令牌（仅公开信息）"),
        Text("An access token for public information", "公开信息访问令牌"),
    ),
}
REFUSED = Text("Refused", "被拒绝")
NOT_ARRIVED = Text("Not delivered", "未送达")
ANSWER = Text("The answer", "应答")
_YES = frozenset({"allow", "agree", "accept", "yes", "approve", "confirm"})


def decision(value: str) -> Text:
    """What the user decided on the bank's page."""
    return Text("Says yes", "同意") if value in _YES else Text("Says no", "拒绝")
