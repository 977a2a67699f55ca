"""A build of the SDK turns out to be flawed: nobody calls with it from one moment to the next."""

from __future__ import annotations

from bank_sim.sdk.manifest import attest
from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text


@scenario(
    "sdk-withdrawn",
    kind="lifecycle",
    clauses=("9.3.5-3.1", "9.3.5-3.2", "7.1-6.3"),
    summary_en="The bank withdraws a build of its SDK: the wallet's next call is refused and the wallet is told; to"
    " admit it again takes a second person.",
    summary_zh="银行停用某个SDK版本：钱包下一次调用即被拒绝并收到通知；恢复须由第二人复核。",
)
def sdk_withdrawn(stage: Stage) -> None:
    """1. The wallet is served. 2. Withdraw; its next call is refused, recorded, and it is told. 3. Wrong orders: once
    more, a least version that was never published, approving one's own proposal. 4. Admitted again, it is served.
    """
    build = attest().fingerprint
    user = stage.linked_user()
    served = Text("with a published build, the wallet is served", "使用已发布版本，钱包调用正常")
    stage.require(bool(user.see_balances()), served)

    operator = at_work(stage, "operator")
    mark = stage.bank.mark()
    operator.act("withdraw_sdk", build, "drill: a flaw was found")
    user.browser.open(f"{stage.world.addresses.wallet}/accounts")
    refused = Text("its very next call is refused: SDK_VERSION_WITHDRAWN", "下一次调用即返回SDK_VERSION_WITHDRAWN")
    codes = {(each["status"], each["code"]) for each in stage.bank.records_since(mark) if each["u_api_id"] != "-"}
    stage.require(codes == {(403, "SDK_VERSION_WITHDRAWN")}, refused, codes)
    told = Text("the wallet is told", "钱包收到停用通知")
    stage.eventually(lambda: ("sdk.withdrawn", build) in stage.wallet.events(), told)

    _wrong_orders(stage, operator, build)
    proposer, decider = at_work(stage, "reviewer", 0), at_work(stage, "reviewer", 1)
    proposer.act("propose_sdk", build, "drill: no flaw after all")
    proposal = _proposal(decider)
    page = proposer.act("approve_proposal", proposal, "drill: my own")
    alone = Text("who proposes to admit it again cannot approve it", "提出恢复者不能自行批准")
    stage.require("FOUR_EYES_REQUIRED" in page.text, alone, page.text[:80])
    decider.act("approve_proposal", proposal, "drill: read the report")
    again = Text("once a second person agrees, the wallet is served again", "经第二人批准后，钱包恢复调用")
    stage.require(bool(user.see_balances()), again)


def _wrong_orders(stage: Stage, operator: StaffDesk, build: str) -> None:
    page = operator.act("withdraw_sdk", build, "drill: once more")
    twice = Text("what is withdrawn is not withdrawn twice", "已停用的版本不能重复停用")
    stage.require("ILLEGAL_TRANSITION" in page.text, twice, page.text[:80])
    page = operator.act("raise_sdk_minimum", "9.9.9", "drill: a version nobody has")
    unknown = Text("a version that was never published cannot be the least", "未发布的版本不能设为最低版本")
    stage.require("RESOURCE_NOT_FOUND" in page.text, unknown, page.text[:80])


def _proposal(desk: StaffDesk) -> str:
    """The newest open proposal, as the page of proposals links it for those who may decide."""
    links = [link.href for link in desk.see("/proposals").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
