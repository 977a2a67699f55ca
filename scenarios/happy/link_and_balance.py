"""A user lets the wallet see their accounts, by consent at the bank, and looks at the balances."""

from __future__ import annotations

from bank_sim.sdk.protocol.amounts import format_fen
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text


@scenario(
    "link-and-balance",
    kind="happy",
    suites=("gm", "intl"),
    clauses=(
        "7.2.1-b-2.1",
        "9.3.1-1.1",
        "9.3.2-1.2.1",
        "9.3.2-1.2.2",
        "10.2.2-1",
        "7.2.2-2.2",
        "7.2.2-2.3",
        "9.2.2-2",
        "7.2.2-3.2.2",
    ),
    summary_en="A user links bank accounts to the wallet by consent at the bank, and sees the balances.",
    summary_zh="用户在银行侧同意后将账户关联到钱包，并查看余额。",
)
def link_and_balance(stage: Stage) -> None:
    """1. Log in at the bank with two factors and consent. 2. The wallet shows balances. 3. Compare with the books."""
    user = stage.linked_user()
    shown = {each.account_masked[-4:]: each.ledger for each in user.see_balances()}
    numbers = stage.numbers(stage.user)
    kept = {number[-4:]: format_fen(stage.bank.balance_fen(number)) for number in numbers.values()}
    same = Text(
        f"the wallet shows the {len(kept)} balances that stand in the books", f"钱包所示{len(kept)}个余额与账务一致"
    )
    stage.require(shown == kept, same, shown)

    read = stage.readings()
    balances = [each for each in read if each.api_id == "accounts.balances"]
    signed = all(half.signature is not None for each in read for half in (each.request, each.answer))
    count = len(read)
    stage.require(
        bool(balances) and signed,
        Text(f"all {count} messages are signed, requests and answers", f"全部{count}条报文的请求与应答均有签名"),
    )
    stage.require(
        all(each.answer.sealed_members == ("items",) for each in balances),
        Text("balances travel sealed to the wallet", "余额以钱包公钥加密传输"),
    )
    stage.require_unreadable(
        Text(
            "the user's account numbers, name, phone, identity number, login name, password",
            "用户的账号、姓名、手机号、证件号、登录名、密码",
        ),
        stage.user.canaries() | {f"account number {kind}": number for kind, number in numbers.items()},
    )
