"""The answer to a debit is lost, and the application makes the most of not knowing: it orders anew, asking nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

from bank_sim.sdk.protocol.problems import Problem
from scenarios.attacks.standing_debits import agreed
from scenarios.outcome import outcome
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from scenarios.wire import Drop, calls

AMOUNT, AMOUNT_FEN, IN_ALL = "30.00", 30_00, "300.00"
FIRST = "T-2026-0001"
DAY_S = 86_400
BEIJING = timezone(timedelta(hours=8))


@scenario(
    "debit-ordered-anew",
    kind="attack",
    clauses=("9.3.3-1.2", "10.1.2-1.3.2"),
    summary_en="The answer to a debit is lost; the application orders it once more under a new number instead of asking"
    " what became of the first.",
    summary_zh="扣款应答丢失后，应用不查询结果，而是换一个订单号重新扣款。",
    defence=Defence("repeated_debit", "ATK-BIZ-09", 409, "DUPLICATE_BUSINESS_KEY", "money"),
    # The file of a day is made when the day is over.
    ages=True,
)
def debit_ordered_anew(stage: Stage) -> Attempt:
    """The agreement would allow ten of them. The first order is what may rightly move."""
    shop = stage.partner("shop")
    debit = agreed(stage, shop, stage.user, "I", stage.payee, AMOUNT, IN_ALL)
    stage.attack_begins()
    day = _day(shop.now_s())
    with (
        stage.wire.interfering(Drop(stage.wire.record, calls("POST", "/api/debits"), times=9)),
        suppress(Problem),
    ):
        debit.take(AMOUNT, "ticket", FIRST)
    met = outcome(lambda: debit.take(AMOUNT, "ticket"))
    if met != "DUPLICATE_BUSINESS_KEY":
        return Attempt(201, entitled_fen=AMOUNT_FEN)
    again = debit.take(AMOUNT, "ticket", FIRST).data
    settled = Text(
        "sent again under its own number, the first order is settled, once", "以原订单号重发，首笔结果明确且仅入账一次"
    )
    stage.require(again["state"] == "executed", settled, again["state"])
    stage.advance(DAY_S)
    shop.follow_clock()
    lines = shop.client.believe_file(shop.reconciliation_file(day), day).lines
    found = [(each.order_no, each.state, each.amount) for each in lines]
    same = Text("the day's file holds this one order: no difference", "当日对账文件仅此一笔，差异为零")
    stage.require(found == [(FIRST, "executed", AMOUNT)], same, found)
    return Attempt(409, met, entitled_fen=AMOUNT_FEN)


def _day(now_s: float) -> str:
    """The calendar day of Beijing."""
    return datetime.fromtimestamp(now_s, BEIJING).date().isoformat()
