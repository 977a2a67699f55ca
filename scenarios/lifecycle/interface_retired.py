"""A version of an interface comes and goes: designed, registered, published, ended, taken off, archived.

The version before it is served all the while. Every step is asked for too early once, and refused.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from bank_sim.console.interface_texts import ACTIONS
from scenarios.outcome import outcome
from scenarios.partner import Partner
from scenarios.portal_desk import developer_of
from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text
from user_sim.http_browser import LoopbackTransport

if TYPE_CHECKING:
    from user_sim.browser import Browser, Page

NEW, OTHER = "rates.list:2", "products.list:2"
DAY_S = 86_400
LEAD_DAYS = 90


@scenario(
    "interface-retired",
    kind="lifecycle",
    clauses=(
        "7.1-5", "7.1-6.2", "7.1-6.3", "10.3-1.1", "10.3-1.2", "10.3-1.3", "11-0", "11-1.1", "11-1.2", "11-2.1",
        "11-3.1", "11-3.2", "11-4.1", "12.1-1", "12.1-2.1", "12.1-2.2", "12.1-3.1", "12.1-3.2", "B.1-1", "B.3.6-2",
    ),
    summary_en="A second version of an interface is registered, audited and published beside the first, announced to"
    " end, terminated behind a baffle, taken off and archived; every step is refused while something is missing.",
    summary_zh="接口第二版经注册、审计后与第一版并行发布，随后公告终止、设置挡板、下线并归档；条件不具备时每一步均被拒绝。",
)  # fmt: skip
def interface_retired(stage: Stage) -> None:
    """1. Published by two people, once it is registered, audited and planned. 2. Both versions are served.
    3. Its end is announced; those concerned are told and have their time. 4. The baffle answers.
    5. Both have signed, nobody calls: it is taken off, its identifier given back for good. 6. The archive is kept.
    """
    shop = stage.partner("rates-shop")
    life = _Life(stage, shop)
    life.is_published()
    life.is_served_beside_the_first()
    life.is_going_to_end()
    life.has_ended()
    life.is_taken_off()
    life.is_archived()


@dataclass
class _Life:
    """The story so far, told by those who take part in it."""

    stage: Stage
    shop: Partner

    def is_published(self) -> None:
        self._refuses("propose_publication", "ILLEGAL_TRANSITION", Text("before it is registered", "未注册即发布"))
        self._refuses(
            "register_interface", "U_API_ID_INVALID", Text("an identifier of one's own choice", "自选识别码"),
            wished="OPC999990103000100000900",
        )  # fmt: skip
        self._does("register_interface", wished="")
        self._refuses("propose_publication", "AUDIT_REQUIRED", Text("before it is audited", "未审计即发布"))
        audited = {"tool": "bandit, and a reading", "findings": "2"}
        self._does("audit_interface", role="reviewer", **audited, mended="1")
        self._refuses("propose_publication", "AUDIT_REQUIRED", Text("with a finding that is open", "问题未整改即发布"))
        self._does("audit_interface", role="reviewer", **audited, mended="2")
        self._refuses("propose_publication", "CHANGE_PLAN_REQUIRED", Text("without a way back", "无变更与回退方案"))
        self._does("plan_interface", plan="publish on Tuesday at ten", rollback="end it again; version 1 stays")
        self._agrees("propose_publication", "approve_proposal")

    def is_served_beside_the_first(self) -> None:
        old, new = self._asked("1"), self._asked("2")
        both = Text("both versions are served, each in its own shape", "两个版本并行提供，各按自身格式应答")
        self.stage.require("items" in old and "deposit" in new, both)
        public = self._listed()
        listed = Text("the public list shows it without a restart", "公开目录随即更新，无需重启")
        self.stage.require(public["state"] == "published", listed, public)

    def is_going_to_end(self) -> None:
        self._does("plan_interface", plan="end it after a quarter", rollback="reinstate it")
        self._refuses(
            "deprecate_interface", "LEAD_TIME_RUNNING", Text("with too little notice", "提前期不足"), days="30"
        )
        self._does("deprecate_interface", days=str(LEAD_DAYS))
        answered = self.shop.client.call("rates.list", "GET", "/api/rates", version="2").headers
        says = Text(
            "every answer says when it ends (Deprecation, Sunset)", "每个应答均注明终止时间（Deprecation、Sunset）"
        )
        self.stage.require({"deprecation", "sunset"} <= {name.lower() for name in answered}, says)
        self._refuses("propose_termination", "NOTICE_MISSING", Text("before anybody was told", "尚未告知即终止"))
        self._does("notify_interface")
        self._refuses("propose_termination", "LEAD_TIME_RUNNING", Text("within the lead time", "提前期内终止"))
        self._passes(LEAD_DAYS)

    def has_ended(self) -> None:
        self._agrees("propose_termination", "approve_proposal")
        mark = self.stage.bank.mark()
        baffle = Text(
            "its calls are answered 410 with what to call instead, signed", "调用返回410并指明替代版本，应答带签名"
        )
        self.stage.require(self._code("2") == "SERVICE_TERMINATED", baffle)
        records = [(each["app_id"], each["code"]) for each in self.stage.bank.records_since(mark)]
        recorded = Text("the caller was heard and recorded", "调用方经认证并已留痕")
        self.stage.require((self.shop.app_id, "SERVICE_TERMINATED") in records, recorded, records)
        other = Text("version 1 is served as before", "第一版不受影响")
        self.stage.require("items" in self._asked("1"), other)

    def is_taken_off(self) -> None:
        self._refuses("propose_retirement", "AGREEMENT_UNSIGNED", Text("before both have signed", "双方未签署即下线"))
        self._acknowledges_and_signs()
        self._refuses("propose_retirement", "TRAFFIC_IN_FLIGHT", Text("while somebody calls", "仍有调用即下线"))
        self._passes(1, 1)
        code = self._listed()["u_api_id"]
        self._agrees("propose_retirement", "approve_proposal")
        gone = Text("it is gone, and version 1 is not", "该版本已下线，第一版仍在")
        self.stage.require(self._code("2") == "API_VERSION_UNKNOWN" and "items" in self._asked("1"), gone)
        self._refuses(
            "register_interface", "CODE_RETIRED", Text("the identifier that was given back", "已注销的识别码"),
            subject=OTHER, wished=code,
        )  # fmt: skip

    def is_archived(self) -> None:
        self._does("archive_interface")
        self._refuses("archive_interface", "ILLEGAL_TRANSITION", Text("a second time", "重复归档"))
        archived = Text("its life is closed, with an archive and its manifest", "生命周期结束，归档包及摘要清单已留存")
        page = at_work(self.stage, "auditor").see("/interfaces/rates.list/2")
        kept = any(link.href.endswith("/archive") for link in page.document.links)
        self.stage.require(kept and self._listed()["state"] == "archived", archived)

    # What people do

    def _does(self, action: str, role: str = "operator", **answers: str) -> None:
        page = at_work(self.stage, role).act(action, NEW, "drill: as planned", **answers)
        done = Text(f"done: {_title(action)}", f"已办理：{_title(action).zh}")
        self.stage.require(page.form_with("csrf", "reason") is None, done, page.text[:300])

    def _refuses(self, action: str, code: str, when: Text, subject: str = NEW, **answers: str) -> None:
        desk = at_work(self.stage, "operator")
        before = desk.see("/interfaces").text
        page = desk.act(action, subject, "drill: too early", **answers)
        refused = Text(f"refused, {when}: {code}", f"{when.zh}：拒绝（{code}）")
        self.stage.require(code in page.text, refused, page.text[:300])
        unchanged = Text("and nothing has changed", "且未发生任何变化")
        if desk.see("/interfaces").text != before:
            self.stage.require(False, unchanged)

    def _agrees(self, proposal: str, decision: str) -> None:
        """One proposes, and cannot approve; another approves."""
        operator = at_work(self.stage, "operator")
        operator.act(proposal, NEW, "drill: everything is there")
        reviewer = at_work(self.stage, "reviewer")
        link = _decision(reviewer)
        alone = operator.act(decision, link, "drill: my own")
        two = Text(f"{_title(proposal)}: nobody decides alone", f"{_title(proposal).zh}：不得一人决定")
        self.stage.require("STAFF_ROLE_REQUIRED" in alone.text, two, alone.text[:300])
        reviewer.act(decision, link, "drill: looked at it")

    def _acknowledges_and_signs(self) -> None:
        """The partner's developer at the portal."""
        browser, portal = developer_of(self.stage, self.shop), self.stage.world.addresses.portal
        mine = browser.open(f"{portal}/application/notices")
        seen = next(each for each in mine.document.forms if each.action.endswith("/seen"))
        browser.submit(seen, {})
        text = browser.open(f"{portal}/application/notices/{NEW}/agreement").text.encode()
        wrong = self._sign(browser, self.shop.admitted.signing.sign(text + b" "))
        other = Text("a signature under another text is refused", "对其他文本的签名被拒绝")
        self.stage.require("SIGNATURE_INVALID" in wrong.text, other, wrong.text[:300])
        signed = self._sign(browser, self.shop.admitted.signing.sign(text))
        both = Text("both have signed what holds after the end", "双方已签署终止后事项约定")
        self.stage.require(not any(each.action.endswith("/sign") for each in signed.document.forms), both)

    def _sign(self, browser: Browser, signature: bytes) -> Page:
        page = browser.open(f"{self.stage.world.addresses.portal}/application/notices")
        form = next(each for each in page.document.forms if each.action.endswith("/sign"))
        return browser.submit(form, {"signature": b64encode(signature).decode()})

    # What can be seen

    def _passes(self, days: int, seconds: int = 0) -> None:
        self.stage.advance(days * DAY_S + seconds)
        self.shop.follow_clock()

    def _asked(self, version: str) -> dict[str, Any]:
        return self.shop.client.call("rates.list", "GET", "/api/rates", version=version).data

    def _code(self, version: str) -> str:
        return outcome(lambda: self._asked(version))

    def _listed(self) -> dict[str, Any]:
        """The version as the public list has it, for anybody, without signing in."""
        world = self.stage.world
        with httpx.Client(transport=LoopbackTransport(world.authority)) as anybody:
            listed = anybody.get(f"{world.addresses.portal}/interfaces.json").json()["interfaces"]
        return dict(next(each for each in listed if (each["api_id"], each["version"]) == ("rates.list", "2")))


def _title(action: str) -> Text:
    """What the console calls an action."""
    return Text(ACTIONS["en"][action]["title"], ACTIONS["zh"][action]["title"])


def _decision(desk: StaffDesk) -> str:
    """The one open proposal, as the page of proposals links it for those who may decide."""
    links = [link.href for link in desk.see("/proposals").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
