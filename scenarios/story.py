"""The story that ``demo`` tells: the happy scenarios in their order, and who learns what in each.

What is said here of knowing and not knowing is what the scenarios verify on the wire and the final search verifies in
the application's files; nothing else may be said.
"""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.texts import Text


@dataclass(frozen=True, slots=True)
class Chapter:
    """One scenario as told: its name, its title, and for each party what it reads and what it does not."""

    scenario: str
    title: Text
    knowing: tuple[Text, ...]


_LINK = Chapter(
    "link-and-balance",
    Text("Link accounts by consent, and see the balances", "经用户同意关联账户并查看余额"),
    (
        Text(
            "wallet  reads masked numbers and balances, keeps no balance; never sees password, code or full numbers",
            "钱包  可见脱敏账号与余额，不留存余额；不接触密码、验证码与完整账号",
        ),
        Text(
            "wire    reads who asks for what, and masked numbers; balances are sealed to the wallet's key",
            "线路  可见谁请求了什么及脱敏账号；余额以钱包公钥加密，不可读",
        ),
        Text(
            "bank    reads everything, and alone sees the password and the code; cannot sign in the wallet's name",
            "银行  可见全部，且唯有银行接触密码与验证码；但无法以钱包名义签名",
        ),
    ),
)
_TRANSFER_TITLE = Text("Pay with two factors, bound to payee and amount", "双因子付款，验证码绑定收款人与金额")
_TRANSFER_KNOWING = (
    Text(
        "wallet  passes the payee on sealed and keeps a masked number; never sees the code",
        "钱包  仅加密转交收款人信息，只留存脱敏账号；不接触验证码",
    ),
    Text(
        "wire    reads the amount and cannot change it unnoticed; the payee is sealed to the bank's key",
        "线路  可见金额，但篡改必被发现；收款人以银行公钥加密，不可读",
    ),
    Text(
        "bank    reads all of it, and executes only what the user confirmed with the code: this payee, this amount",
        "银行  可见全部，且只执行用户以验证码确认的这一收款人与这一金额",
    ),
)
_A1 = Chapter(
    "a1-query",
    Text("Ask for public information (A1)", "查询公开信息（A1级）"),
    (
        Text(
            "wire    reads products and rates, which are public; App_Secret never travels, only its HMAC",
            "线路  可见产品与利率，本为公开信息；App_Secret不上线路，仅传输其HMAC",
        ),
    ),
)
_REVOKE = Chapter(
    "revoke-consent",
    Text("Revoke the consent; the next call is refused", "撤销授权，下一次调用被拒绝"),
    (
        Text(
            "wallet  reads that the consent is revoked, and no balance any more: its token is worthless",
            "钱包  仅获知授权已撤销，不再能见余额：令牌已失效",
        ),
    ),
)


def chapters(suite: str) -> tuple[Chapter, ...]:
    """The chapters as they are played in a world of this suite."""
    return _LINK, Chapter(f"transfer-{suite}", _TRANSFER_TITLE, _TRANSFER_KNOWING), _A1, _REVOKE


WORDS = {
    "opening": Text(
        "JR/T 0185-2020, played once: a bank, an application and a user, three processes that meet only over TLS.",
        "JR/T 0185-2020 演示：银行、应用方与用户三个独立进程，仅经TLS通信。",
    ),
    "tap": Text(
        "A tap ends TLS in front of the gateway: you see what whoever broke TLS would see.\n"
        "It was given the wallet's TLS certificate, and no key that signs or opens a message.",
        "网关前设有一个终止TLS的分接点，展示“攻破TLS者”所能见到的内容；\n"
        "它获得了钱包的TLS证书，但没有任何可用于报文签名或解密的密钥。",
    ),
    "starting": Text("Starting the three parties …", "正在启动三方……"),
    "party": Text("party", "角色"),
    "process": Text("process", "进程号"),
    "address": Text("address", "地址"),
    "asked": Text("asked for by", "条款依据"),
    "happens": Text("what happens", "过程"),
    "knows": Text("who reads what", "各方所见"),
    "holds": Text("verified", "已验证"),
    "user": Text("user", "用户"),
    "wallet": Text("wallet", "钱包"),
    "bank": Text("bank", "银行"),
    "phone": Text("phone", "手机"),
    "by_key": Text("{algorithm} with key {key}, over {covered}", "{algorithm}，密钥{key}，覆盖{covered}"),
    "by_secret": Text("{algorithm} with App_Secret, over {covered}", "{algorithm}，App_Secret，覆盖{covered}"),
    "bound": Text(" and this very request", "及该请求本身"),
    "signed": Text("signed ", "签名"),
    "clear": Text("clear  ", "明文"),
    "sealed": Text("sealed ", "密文"),
    "answer": Text("answer ", "应答"),
    "refused": Text("refused", "拒绝"),
    "sealed_as": Text("{names}: {count} characters, {shown}…", "{names}：{count}字符，{shown}…"),
    "entries": Text("{count} entries", "{count}项"),
    "more": Text("… {count} more like {what}", "……另有{count}条同类：{what}"),
    "verification": Text("Verification, from outside: no party is asked", "事后验证：从外部查证，不询问任何一方"),
    "well": Text("Everything holds", "全部成立"),
    "not_well": Text("Something does not hold", "存在不成立项"),
    "next": Text(
        "Next: bank-sandbox up --open (see it in a browser) · bank-sandbox run --all --prove (the attacks)",
        "接下来：bank-sandbox up --open（在浏览器中观看）· bank-sandbox run --all --prove（攻击演示）",
    ),
}
