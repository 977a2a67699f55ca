"""Somebody through whose hands a reconciliation file goes changes one record; the importer believes the bank only."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from scenarios.happy.transfer import AMOUNT
from scenarios.operations_desk import at_the_wallet
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage

_DAY_S = 86_400
_BEIJING = timezone(timedelta(hours=8))


@scenario(
    "reconciliation-file-altered",
    kind="attack",
    clauses=("7.2.2-3.2.4", "9.3.3-1.1", "9.3.3-1.2"),
    summary_en="A reconciliation file is changed by one record on its way through other hands; its import stops.",
    summary_zh="对账文件经他人之手时被改动一条记录；导入即告中止。",
    defence=Defence("file_intact", "ATK-DAT-06", 400, "DIGEST_MISMATCH", "trust", witness="wallet"),
    ages=True,
)
def reconciliation_file_altered(stage: Stage) -> Attempt:
    """A payment is made; the day's file goes by hand. The order number of the payment is changed to another: what was
    paid looks unpaid, and an order looks paid that nobody ever placed. Sums and digits stay as they were."""
    user = stage.linked_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    day = datetime.fromtimestamp(float(stage.world.control.clock()["now_ms"]) / 1000, _BEIJING).date().isoformat()
    user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    paid = stage.wallet.newest_order()
    stage.advance(_DAY_S)
    desk = at_the_wallet(stage)
    file = desk.take_along(day)
    stage.attack_begins()
    forged = paid[:2] + paid[2:][::-1]
    altered = file | {"content": file["content"].replace(paid, forged)}
    status, code = desk.bring(json.dumps(altered).encode())
    if code is not None:
        return Attempt(status, code)
    believed = any(order_no == forged for _, order_no in stage.wallet.differences())
    return Attempt(status, read="the wallet's belief: it asks for an order that never was" if believed else None)
