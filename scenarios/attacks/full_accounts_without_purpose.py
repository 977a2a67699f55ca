"""An application asks for a reconciliation file with account numbers in full, though it has no purpose for them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused

_DAY_S = 86_400
_BEIJING = timezone(timedelta(hours=8))


@scenario(
    "full-accounts-without-purpose",
    kind="attack",
    clauses=("7.2.2-3.2.3",),
    summary_en="An application wants the account numbers of its users in full, without a purpose granted by the bank.",
    summary_zh="应用方未经银行批准用途，索要用户完整账号的对账文件。",
    defence=Defence("purpose_grant", "ATK-DAT-06", 403, "PURPOSE_NOT_GRANTED", "data"),
    ages=True,
)
def full_accounts_without_purpose(stage: Stage) -> Attempt:
    """A user lays an order at the shop; the shop may see its file, with numbers masked, and asks for more."""
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.user))
    theirs = stage.numbers(stage.payee)["I"]
    day = datetime.fromtimestamp(shop.now_s(), _BEIJING).date().isoformat()
    shop.order_transfer(token, shop.paying_account(token), "12.00", theirs, stage.payee.name)
    stage.advance(_DAY_S)
    shop.follow_clock()
    stage.attack_begins()
    try:
        file = shop.client.believe_file(shop.reconciliation_file(day, "full"), day, "full")
    except Problem as problem:
        return refused(problem)
    read = [line.creditor_account for line in file.lines]
    return Attempt(200, read=f"an account number in full, ending in {theirs[-4:]}" if theirs in read else None)
