"""The bank's staff suspends an application at once; to let it in again takes two people."""

from __future__ import annotations

from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text


@scenario(
    "application-suspended",
    kind="happy",
    clauses=("9.2.1-a-2.2", "10.1.2-1.1.3", "10.1.2-1.0", "9.1.1-2.1", "10.5-2"),
    summary_en="An operator suspends an application on the console, and its next call is refused; resuming it takes a"
    " second person.",
    summary_zh="运营员在控制台暂停应用方，其下一次调用即被拒绝；恢复须由第二人复核。",
)
def application_suspended(stage: Stage) -> None:
    """1. A call is served. 2. Suspend; the next is refused. 3. A reviewer's own proposal is not theirs to approve.
    4. Another reviewer approves, and calls are served again. 5. The journal tells it all, and holds.
    """
    shop = stage.partner("shop")
    served = Text("before, the application is served", "暂停前，应用方调用正常")
    stage.require(_outcome(shop) == SERVED, served)

    operator = at_work(stage, "operator")
    operator.act("suspend_application", shop.app_id, "drill: asks for accounts of others")
    mark = stage.bank.mark()
    refused = Text("its very next call is refused with 403 APP_SUSPENDED", "其下一次调用即被拒绝（403 APP_SUSPENDED）")
    stage.require(_outcome(shop) == "APP_SUSPENDED", refused)
    records = [(each["app_id"], each["status"], each["code"]) for each in stage.bank.records_since(mark)]
    recorded = Text("the refusal stands in the access log", "拒绝已记入访问日志")
    stage.require(records == [(shop.app_id, 403, "APP_SUSPENDED")], recorded, records)

    proposer, decider = at_work(stage, "reviewer", 0), at_work(stage, "reviewer", 1)
    proposer.act("propose_resumption", shop.app_id, "drill: they mended it")
    page = proposer.act("approve_proposal", _proposal(decider, shop.app_id), "drill: my own")
    alone = Text("who proposes to resume it cannot approve it", "提出恢复申请者不能自行批准")
    stage.require("FOUR_EYES_REQUIRED" in page.text and _outcome(shop) == "APP_SUSPENDED", alone, page.text[:80])

    decider.act("approve_proposal", _proposal(decider, shop.app_id), "drill: checked their report")
    again = Text("once a second person agrees, it is served again", "经第二人批准后，调用恢复正常")
    stage.require(_outcome(shop) == SERVED, again)

    told = at_work(stage, "auditor").see("/journal").text
    names = (operator.colleague, proposer.colleague, decider.colleague)
    journal = Text("the auditor reads who did what, when and why", "审计员可查阅何人、何时、因何、做了什么")
    stage.require(all(each.login_name in told for each in names) and shop.app_id in told, journal, told[:80])


def _outcome(shop: Partner) -> str:
    """What the bank says to a call: ``served``, or the code of its refusal."""
    return outcome(lambda: shop.client.call("products.list", "GET", "/api/products"))


def _proposal(desk: StaffDesk, app_id: str) -> str:
    """The open proposal to resume an application, as its page links it for those who may decide."""
    links = [link.href for link in desk.see(f"/applications/{app_id}").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
