"""The bank's disk is full in the middle of a payment: SQLite refuses the write, and nothing stays half done."""

from __future__ import annotations

from scenarios.faults.bank_busy import complete
from scenarios.happy.transfer import AMOUNT, AMOUNT_FEN, EXECUTED
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text


@scenario(
    "disk-full",
    kind="fault",
    clauses=("10.1.2-1.3.1", "10.1.2-1.3.2", "9.3.3-1.2"),
    summary_en="The bank's disk is full when a payment is to be posted: all of it is undone; later it is made once.",
    summary_zh="付款入账时银行磁盘已满：整笔回滚，无半笔账；恢复后只入账一次。",
)
def disk_full(stage: Stage) -> None:
    """1. SQLite refuses the posting. 2. No entry, no hold, no use of the consent; a record. 3. Later it is posted."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    before, mark = stage.bank.balance_fen(mine), stage.bank.mark()
    with stage.fault("disk_full", api_id="transfers.execute"):
        payment = user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    refused = [each for each in stage.bank.records_since(mark) if each["fault"] == "disk_full"]
    kept = Text("the refusal is recorded, with the fault's name", "拒绝已记录并标明故障")
    stage.require(bool(refused) and {each["code"] for each in refused} == {"SERVICE_UNAVAILABLE"}, kept, refused)
    nothing = Text("nothing is half done: no entry, and the balance stands", "没有半笔账：无分录，余额不变")
    stage.require(stage.bank.postings_since(mark) == [] and stage.bank.balance_fen(mine) == before, nothing)
    shown = complete(stage, payment.page.location.url)
    done = Text("with room on the disk the same order goes through", "磁盘恢复后同一指令执行成功")
    stage.require(not EXECUTED.isdisjoint(shown), done, shown[:8])
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
