"""A live application under the bank's eye: reviewed, rated, limited, questioned; and what it tells of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.portal_desk import developer_of
from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from user_sim.browser import Browser, Page

_WHY = "drill: a new owner, a new office"
_DAY_S = 86_400
_BEIJING = timedelta(hours=8)
_CHANGE = {
    "what": "a new release of the shop", "fallback": "the release before it", "risk": "low, tried with a tenth",
    "users": "a notice in the shop", "forecast": "5000 calls a day",
}  # fmt: skip


@scenario(
    "application-reviewed",
    kind="lifecycle",
    clauses=(
        "10.2.1-1", "10.2.1-2.1", "10.2.1-2.4", "10.2.1-3.1", "10.2.1-3.2", "10.3-2.1", "10.3-2.2", "10.3-2.3",
        "10.3-3.1", "9.3.5-4.1", "9.1.1-2.1",
    ),
    summary_en="A shop is reviewed and rated a higher risk by two people, and its limits follow at once; a question"
    " that it leaves unanswered suspends it; its own changes are told completely and in time or not at all.",
    summary_zh="商户经复审由双人评定为高风险，限额即时收紧；逾期不答复问询即被暂停；自身变更须完整、提前报备。",
)  # fmt: skip
def application_reviewed(stage: Stage) -> None:
    """1. No grade without evidence, none by one person. 2. Limits. 3. An inquiry. 4. A change and a weakness."""
    shop = stage.partner("reviewed")
    token = shop.linked(stage.customer_of(shop, stage.user))
    watched = _Watched(stage, shop, token)
    watched.is_rated()
    watched.is_limited()
    watched.is_questioned()
    watched.tells_of_itself()


class _Watched:
    """The story so far."""

    def __init__(self, stage: Stage, shop: Partner, token: str) -> None:
        self.stage = stage
        self.shop = shop
        self.token = token
        self.operator, self.reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")

    def is_rated(self) -> None:
        self._refuses("EVIDENCE_MISSING", Text("rated without a review", "未经复审即评级"), grade="high")
        self._does("order_review")
        self._refuses("EVIDENCE_MISSING", Text("rated before it has answered", "应用方未提交材料即评级"), grade="high")
        developer = developer_of(self.stage, self.shop)
        self._answer(developer, "two new developers; keys renewed in May")
        # The last month's report is evidence too; a duty writes it.
        self.stage.advance(1)
        self._does("propose_rating", grade="high")
        proposal = _proposal(self.reviewer, self.shop.app_id)
        alone = self.operator.act("approve_proposal", proposal, _WHY)
        claim = Text("who proposes a grade cannot agree to it", "提请评级者不能自行批准")
        self.stage.require("STAFF_ROLE_REQUIRED" in alone.text, claim, alone.text[:120])
        order = self._orders("1500.00")
        claim = Text("until a second person agrees the old limits hold", "第二人批准之前，原限额有效")
        self.stage.require(order == SERVED, claim, order)
        self.reviewer.act("approve_proposal", proposal, _WHY)

    def is_limited(self) -> None:
        above, below = self._orders("1000.01"), self._orders("1000.00")
        claim = Text("the very next order above the new limit is refused", "批准后，下一笔超限订单即被拒绝")
        self.stage.require(above == "APP_LIMIT_EXCEEDED", claim, above)
        claim = Text("one within it is taken", "限额内订单照常受理")
        self.stage.require(below == SERVED, claim, below)

    def is_questioned(self) -> None:
        self._does("inquire")
        self._passes(3 * _DAY_S)
        served = self._orders("1.00")
        claim = Text("without an answer in three days the clock suspends it", "三日内未答复，系统自动暂停接入")
        self.stage.require(served == "APP_SUSPENDED", claim, served)
        alarms = self.stage.bank.alarms()
        claim = Text("and the staff has an alarm", "并向工作人员告警")
        self.stage.require(("TASK_OVERDUE", self.shop.app_id) in alarms, claim, alarms)
        self._answer(developer_of(self.stage, self.shop), "the tester's script ran wild; it is stopped")
        self._does("propose_resumption")
        decider = at_work(self.stage, "reviewer", 1)
        decider.act("approve_proposal", _proposal(decider, self.shop.app_id, "/applications/"), _WHY)
        served = self._orders("1.00")
        claim = Text("answered, and resumed by two, it is served again", "答复并经双人复核后恢复服务")
        self.stage.require(served == SERVED, claim, served)

    def tells_of_itself(self) -> None:
        developer = developer_of(self.stage, self.shop)
        for days, changes, code, what in (
            (8, {"risk": "    "}, "PARAM_INVALID", Text("a change without a word about its risk", "未评估风险的变更")),
            (2, {}, "LEAD_TIME_RUNNING", Text("a change announced at the last moment", "临时报备的变更")),
        ):
            page = self._announce(developer, days, **changes)
            claim = Text(f"{what.en} is refused ({code})", f"{what.zh}被退回（{code}）")
            self.stage.require(code in page.text, claim, page.text[:300])
        told = self._announce(developer, 9)
        claim = Text("told completely and in time it goes to the bank for review", "完整、提前报备的变更进入银行评估")
        self.stage.require(_CHANGE["what"] in told.text, claim, told.text[:300])
        form = self._form(developer, "/weakness")
        developer.submit(form, {"text": "balances stay on screen after revocation; hidden since today"})
        for kind in ("change", "weakness"):
            self._closes(kind)
        page = developer.open(self._mine())
        claim = Text("the developer reads what the bank decided", "开发者可见银行处理意见")
        self.stage.require(page.text.count(_WHY) >= 2, claim, page.text[:300])

    # How they go about it

    def _does(self, action: str, **answers: str) -> None:
        page = self.operator.act(action, self.shop.app_id, _WHY, **answers)
        claim = Text(f"the bank: {action.replace('_', ' ')}", f"银行办理：{action}")
        self.stage.require("/act/" not in page.location.path, claim, page.text[:300])

    def _refuses(self, code: str, what: Text, **answers: str) -> None:
        page = self.operator.act("propose_rating", self.shop.app_id, _WHY, **answers)
        claim = Text(f"{what.en}: refused ({code})", f"{what.zh}：拒绝（{code}）")
        self.stage.require(code in page.text, claim, page.text[:300])

    def _closes(self, kind: str) -> None:
        start = f"/act/close_task/{self.shop.app_id}:"
        links = [each.href for each in self.operator.see(f"/supervision/{self.shop.app_id}").document.links]
        task = next(each for each in links if each.startswith(start)).removeprefix("/act/close_task/")
        page = self.operator.act("close_task", task, _WHY)
        claim = Text(f"the bank decides about the {kind} in time", f"银行按期处理（{kind}）")
        self.stage.require("/act/" not in page.location.path, claim, page.text[:300])

    def _passes(self, seconds: int) -> None:
        """Time passes; neither sessions nor tokens outlast it."""
        self.stage.advance(seconds)
        self.shop.follow_clock()
        self.operator, self.reviewer = at_work(self.stage, "operator"), at_work(self.stage, "reviewer")

    def _orders(self, amount: str) -> str:
        """What becomes of a fresh order of the user's, under a fresh token if need be."""
        payee = self.stage.numbers(self.stage.payee)["I"]
        ordered = outcome(lambda: self._order(amount, payee))
        if ordered == "TOKEN_EXPIRED":
            self.token = self.shop.linked(self.stage.customer_of(self.shop, self.stage.user))
            ordered = outcome(lambda: self._order(amount, payee))
        return ordered

    def _order(self, amount: str, payee: str) -> None:
        account = self.shop.paying_account(self.token)
        self.shop.order_transfer(self.token, account, amount, payee, self.stage.payee.name)

    def _answer(self, developer: Browser, text: str) -> None:
        developer.submit(self._form(developer, "/answer/"), {"text": text})

    def _announce(self, developer: Browser, days: int, **changes: str) -> Page:
        starts = datetime.fromtimestamp(self.shop.now_s(), UTC) + _BEIJING + timedelta(days=days)
        said = {**_CHANGE, **changes, "starts": starts.date().isoformat()}
        return developer.submit(self._form(developer, "/change"), said)

    def _form(self, developer: Browser, action: str) -> Any:
        forms = developer.open(self._mine()).document.forms
        return next(each for each in forms if action in each.action)

    def _mine(self) -> str:
        return f"{self.stage.world.addresses.portal}/application/supervision"


def _proposal(desk: StaffDesk, app_id: str, place: str = "/supervision/") -> str:
    """The open proposal about an application, as its page links it for those who may decide."""
    links = [link.href for link in desk.see(f"{place}{app_id}").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
