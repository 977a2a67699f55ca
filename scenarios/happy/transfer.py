"""A user pays somebody through the wallet and confirms it at the bank, with two factors bound to payee and amount."""

from __future__ import annotations

from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text

AMOUNT, AMOUNT_FEN = "100.00", 10000
EXECUTED = frozenset({"Executed", "已执行"})
"""How the wallet's page says that a payment was executed."""

CLAUSES = (
    "7.2.1-a-2.1",
    "7.2.1-b-2.2",
    "7.2.2-2.1",
    "7.2.2-2.2",
    "7.2.2-3.2.1",
    "9.3.2-1.3",
    "9.3.3-2.2.1",
    "10.2.2-2.2",
    "10.2.2-3.1",
)


@scenario(
    "transfer-gm",
    kind="happy",
    clauses=CLAUSES,
    summary_en="A transfer confirmed with password and SMS code, signed and sealed with SM2, SM3 and SM4.",
    summary_zh="以密码加短信验证码确认的转账，使用SM2、SM3、SM4签名与加密。",
)
def transfer_gm(stage: Stage) -> None:
    """The transfer in national cryptography."""
    _transfer(stage, digest="sm3")


@scenario(
    "transfer-intl",
    kind="happy",
    suites=("intl",),
    clauses=CLAUSES,
    summary_en="The same transfer, signed and sealed with ECDSA, SHA-256 and AES.",
    summary_zh="同样的转账，使用ECDSA、SHA-256、AES签名与加密。",
)
def transfer_intl(stage: Stage) -> None:
    """The transfer in the cryptography of foreign tools."""
    _transfer(stage, digest="sha-256")


def _transfer(stage: Stage, digest: str) -> None:
    """1. Order at the wallet. 2. Read the notice, the page and the message; confirm. 3. Compare with the books."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    before, mark = stage.bank.balance_fen(mine), stage.bank.mark()
    payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    stage.require(payment.state == "executed", Text("the wallet says: executed", "钱包显示：已执行"), payment.state)

    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    less = Text(f"the payer has {AMOUNT} less", f"付款人余额减少{AMOUNT}元")
    stage.require(stage.bank.balance_fen(mine) == before - AMOUNT_FEN, less)

    newest = user.phone.messages()[0]
    named = Text("the code's message names the amount and the payee's account", "验证码短信载明金额与收款账号")
    stage.require(AMOUNT in newest and theirs[-4:] in newest, named)
    create = next(each for each in stage.readings() if each.api_id == "transfers.create")
    hashed = Text(f"the order's digest is {digest}", f"指令摘要算法为{digest}")
    stage.require((create.request.digest or "").startswith(f"{digest}="), hashed, create.request.digest)
    sealed = Text("the payee travels sealed to the bank", "收款人信息以银行公钥加密传输")
    stage.require(create.request.sealed_members == ("creditor_account", "creditor_name"), sealed)
    stage.require_unreadable(
        Text("the payee's account number and name", "收款人账号与户名"),
        {"the payee's account number": theirs, "the payee's name": stage.payee.name},
    )
