"""A day's payments beside the bank's file: what agrees, what the file settles, and account numbers for a purpose."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

from scenarios.happy.transfer import AMOUNT
from scenarios.operations_desk import OperationsDesk, at_the_wallet
from scenarios.outcome import SERVED, outcome
from scenarios.registry import scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.partner import Partner

_DAY_S = 86_400
_BEIJING = timezone(timedelta(hours=8))


@scenario(
    "day-reconciled",
    kind="lifecycle",
    clauses=("7.2.2-3.2.3", "7.2.2-3.2.4", "9.3.3-1.1", "10.1.2-1.4"),
    summary_en="After the day the wallet compares the bank's signed file with its books and tells the bank; a shop gets"
    " account numbers in full once two people of the bank have agreed, sealed to it and whole.",
    summary_zh="日终后钱包将银行签名的对账文件与自身账簿核对并告知银行；商户经银行双人审批，方可取得加密、完整的含全账号文件。",
)
def day_reconciled(stage: Stage) -> None:
    """1. A payment, and its day ends. 2. The wallet compares. 3. Full numbers: refused, granted, given."""
    user, shop = stage.linked_user(), stage.partner("settles")
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    token = shop.linked(stage.customer_of(shop, stage.user))
    day = datetime.fromtimestamp(shop.now_s(), _BEIJING).date().isoformat()
    early = outcome(partial(shop.reconciliation_file, day))
    stage.require(early == "DAY_NOT_CLOSED", Text("no file before the day is over", "日终之前没有对账文件"), early)
    user.pay(mine[-4:], theirs, stage.payee.name, AMOUNT, "dinner")
    paid = stage.wallet.newest_order()
    shop.order_transfer(token, shop.paying_account(token), "12.00", theirs, stage.payee.name)
    stage.advance(_DAY_S)
    shop.follow_clock()
    _wallet_compares(stage, at_the_wallet(stage), day, paid)
    _shop_gets_full_numbers(stage, shop, day, theirs)
    stage.require_unreadable(Text("account numbers in full", "完整账号"), {"the payee's account number": theirs})


def _wallet_compares(stage: Stage, desk: OperationsDesk, day: str, paid: str) -> None:
    desk.fetch_due()
    desk.fetch_due(day)
    content = desk.take_along(day)["content"]
    claim = Text("the payment stands in the bank's file, its accounts masked", "付款列于银行对账文件，账号脱敏")
    stage.require(paid in content and stage.numbers(stage.user)["I"] not in content, claim)
    differing = [order_no for kind, order_no in stage.wallet.differences() if order_no == paid]
    stage.require(differing == [], Text("the wallet's books agree with it", "钱包账簿与其一致"), differing)
    told = stage.bank.reconciled(stage.bank.wallet_app_id())
    stage.require(day in told, Text("the bank was told so", "已告知银行"), sorted(told))


def _shop_gets_full_numbers(stage: Stage, shop: Partner, day: str, theirs: str) -> None:
    ask = partial(shop.reconciliation_file, day, "full")
    unasked = outcome(ask)
    claim = Text(
        "full numbers are refused without a purpose: 403 PURPOSE_NOT_GRANTED",
        "无批准用途即拒绝：403 PURPOSE_NOT_GRANTED",
    )
    stage.require(unasked == "PURPOSE_NOT_GRANTED", claim, unasked)
    operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
    operator.act("propose_purpose", shop.app_id, "drill: it settles with its shops by account number")
    still = outcome(ask)
    stage.require(still == "PURPOSE_NOT_GRANTED", Text("one person cannot grant it", "单人无法批准"), still)
    links = [link.href for link in reviewer.see(f"/reconciliation/{shop.app_id}").document.links]
    proposal = next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
    reviewer.act("approve_proposal", proposal, "drill: as agreed")
    stage.require(outcome(ask) == SERVED, Text("two people can", "双人可批准"))
    file = shop.client.believe_file(ask(), day, "full")
    whole = Text(
        "the file is the bank's, unaltered, and names the payee's account in full",
        "文件系银行签发、未被改动，并载明收款人完整账号",
    )
    stage.require([line.creditor_account for line in file.lines] == [theirs], whole, file.totals)
    operator.act("withdraw_purpose", shop.app_id, "drill: it settles no more")
    after = outcome(ask)
    stage.require(after == "PURPOSE_NOT_GRANTED", Text("withdrawn, it ends at once", "撤销后立即失效"), after)
