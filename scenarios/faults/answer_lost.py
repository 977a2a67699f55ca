"""The line loses the bank's answer to an execution: the money has moved, and the wallet cannot know."""

from __future__ import annotations

from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN, EXECUTED
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text
from scenarios.wire import Drop, calls


@scenario(
    "answer-lost",
    kind="fault",
    clauses=("9.3.3-1.2", "7.2.2-1"),
    summary_en="The answer to a payment is lost on the way; the wallet asks instead of paying twice.",
    summary_zh="付款的应答在途中丢失，钱包查询结果，绝不重复付款。",
)
def answer_lost(stage: Stage) -> None:
    """1. The execution is delivered, its answer is not. 2. The user looks again. 3. The books hold the payment once."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    before, mark = stage.bank.balance_fen(mine), stage.bank.mark()
    stage.say(Text("The next answer to a payment will be lost", "接下来付款的应答将会丢失"))
    with stage.wire.interfering(Drop(stage.wire.record, calls("POST", "/execute"))):
        payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    lost = [each for each in stage.wire.arrived if each.request.url.path.endswith("/execute") and not each.answered]
    stage.require(len(lost) >= 1, Text("an answer of the bank never arrived", "银行的一次应答未送达"))
    shown = user.browser.open(payment.page.location.url)
    settled = Text("the wallet found out that the payment was executed", "钱包查明付款已执行")
    stage.require(not EXECUTED.isdisjoint(shown.document.lines), settled, payment.state)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    less = Text(f"the payer has {AMOUNT} less, once", f"付款人余额仅减少一次{AMOUNT}元")
    stage.require(stage.bank.balance_fen(mine) == before - AMOUNT_FEN, less)
