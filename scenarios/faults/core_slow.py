"""The bank's core is slow while a payment is posted: everybody waits, and what was asked for once happens once."""

from __future__ import annotations

from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text

SLOW_MS = 200


@scenario(
    "core-slow",
    kind="fault",
    clauses=("10.1.2-1.3.2", "9.3.3-1.2"),
    summary_en="The bank's core is slow and its answer late besides: the wallet waits, and the payment is made once.",
    summary_zh="银行核心处理缓慢且应答迟到：钱包耐心等待，付款只发生一次。",
)
def core_slow(stage: Stage) -> None:
    """1. The core takes its time, and the line too. 2. The wallet has waited. 3. The books hold the payment once."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    mark = stage.bank.mark()
    with (
        stage.fault("slow_core", api_id="transfers.execute", parameters={"ms": SLOW_MS}),
        stage.fault("latency", api_id="transfers.execute", parameters={"ms": SLOW_MS}),
    ):
        payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    stage.require(payment.state == "executed", Text("the wallet says: executed", "钱包显示：已执行"), payment.state)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    took = [each["elapsed_us"] for each in stage.bank.records_since(mark) if each["fault"]]
    # The record tells of the bank's work; what happened on the line behind it is no part of that.
    slow = Text("the record tells how long the core took", "记录载明核心的实际耗时")
    stage.require(len(took) == 1 and took[0] >= SLOW_MS * 1000, slow, took)
