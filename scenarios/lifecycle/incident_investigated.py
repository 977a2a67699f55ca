"""An incident from its alarm to its end: the bank and an application lay their logs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bank_sim.sdk.server import BankCall, Logged
from scenarios.outcome import outcome
from scenarios.registry import scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.partner import Partner
    from scenarios.staff_desk import StaffDesk

_WHY = "drill: where did you get that token?"
_FOUND_EN, _FOUND_ZH = ("differs", "agrees"), ("不一致", "一致")


@scenario(
    "incident-investigated",
    kind="lifecycle",
    clauses=("10.5-2", "10.5-3", "10.1.2-1.2.1", "10.1.2-1.2.2", "12.3-2.1"),
    summary_en="A rival uses a token stolen from a shop. The staff opens an incident, tells the rival and asks for its"
    " log of calls: first it leaves the theft out, which the bank's own log tells at once; then it hands in all.",
    summary_zh="一应用方盗用商户令牌。工作人员建立事件、告知对方并调取其调用日志：对方先隐去盗用记录，与银行日志一比对即被发现；"
    "随后如实提交。",
)
def incident_investigated(stage: Stage) -> None:
    """1. The alarm and the incident. 2. The application is told. 3. Its log beside the bank's. 4. The end."""
    shop, rival = stage.partner("robbed"), stage.partner("rival")
    stolen = shop.linked(stage.customer_of(shop, stage.user))
    account = shop.accounts(stolen)[0]["account_ref"]
    refused = outcome(lambda: rival.balance(stolen, account))
    claim = Text("the stolen token is of no use to the rival", "被盗令牌在对方手中无法使用")
    stage.require(refused == "TOKEN_APP_MISMATCH", claim, refused)

    operator = at_work(stage, "operator")
    incident = _opened(stage, operator, rival)
    operator.act("tell_application", incident, _WHY)
    notices = [each.data.get("text") for each in rival.client.events_after(0) if each.data.get("notice") == "incident"]
    claim = Text("the application is told of the incident, in an event", "应用方以事件通知获知")
    stage.require(notices == [_WHY], claim, notices)

    honest = [each for each in rival.calls if each.code is None]
    _asked_and_answered(stage, operator, incident, rival, honest)
    claim = Text("a log that leaves the theft out contradicts the bank's: an alarm", "隐去盗用的日志与银行不符，并告警")
    stage.require(("LOGS_CONTRADICT", rival.app_id) in stage.bank.alarms(), claim, stage.bank.alarms())
    _asked_and_answered(stage, operator, incident, rival, rival.calls)
    page = operator.see(f"/incidents/{incident}")
    verdicts = [each for each in page.document.lines if each in (*_FOUND_EN, *_FOUND_ZH)]
    claim = Text("what was left out and what was told stand on the incident's page", "两次比对结论均见于事件页")
    stage.require(all(any(each in pair for each in verdicts) for pair in zip(_FOUND_EN, _FOUND_ZH, strict=True)), claim)
    closed = operator.act("close_incident", incident, "drill: it bought the token; handed to the police")
    claim = Text("the conclusion ends the time line", "以结论结束时间线")
    stage.require("handed to the police" in operator.see(f"/incidents/{incident}").text, claim, closed.text[:120])


def _opened(stage: Stage, operator: StaffDesk, rival: Partner) -> str:
    """The number of the incident that the staff opens from the alarm about the rival."""
    stage.eventually(
        lambda: ("STOLEN_TOKEN", rival.app_id) in stage.bank.alarms(),
        Text("the staff has an alarm by itself", "系统自动产生告警"),
    )
    links = [each.href for each in operator.see("/alarms").document.links if each.href.startswith("/alarms/")]
    alarm = next(each for each in links if rival.app_id in operator.see(each).text)
    operator.act("open_incident", alarm.removeprefix("/alarms/"), "drill: a token of the shop was used by another")
    links = [each.href for each in operator.see(alarm).document.links]
    return next(each for each in links if each.startswith("/incidents/")).removeprefix("/incidents/")


def _asked_and_answered(
    stage: Stage, operator: StaffDesk, incident: str, partner: Partner, log: list[BankCall]
) -> None:
    """The bank asks, and the partner, who has no address for events, fetches them and answers the newest request."""
    page = operator.act("request_evidence", incident, _WHY)
    claim = Text("the bank asks for the log", "银行调取日志")
    stage.require("/act/" not in page.location.path, claim, page.text[:200])
    asked = [each for each in partner.client.events_after(0) if each.data.get("notice") == "evidence"][-1]
    calls = [Logged(each.trace_id, each.api_id, each.code) for each in log if each.trace_id]
    partner.client.hand_in_evidence(asked.subject, calls, sum(each.trace_id is None for each in log))
