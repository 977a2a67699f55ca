"""The ladder beside a limit of calls: alarm, refusal, rest, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.outcome import SERVED, outcome
from scenarios.registry import scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.partner import Partner

_LIMIT, _NEAR, _STRIKES = 10, 8, 5


@scenario(
    "quota-exceeded",
    kind="lifecycle",
    clauses=("8-3", "10.1.2-1.0", "10.1.2-1.1.2", "10.1.2-1.1.3", "10.2.1-2.3"),
    summary_en="The staff throttles an application. Near its limit the staff is alarmed, at the limit it is told to"
    " wait, and as it goes on for minutes it rests, until the staff lets it call again.",
    summary_zh="工作人员对某应用方限流：接近上限时告警，达到上限时要求等待；持续超限数分钟后暂停其调用，直至工作人员恢复。",
)
def quota_exceeded(stage: Stage) -> None:
    """1. Throttled, live. 2. Alarm. 3. Refusal, and nobody else notices. 4. Rest, told by an event. 5. Released."""
    busy, neighbour = stage.partner("busy"), stage.partner("beside")
    operator = at_work(stage, "operator")
    operator.act("set_quota", f"{busy.app_id}:app:minute", "drill: its campaign began unannounced", amount=str(_LIMIT))

    stage.require(_calls(busy, _NEAR) is None, Text("below its limit it is served", "限额以内正常受理"))
    near = ("QUOTA_NEAR", busy.app_id)
    claim = Text("at four fifths of its limit the staff has an alarm", "用到限额的八成时产生告警")
    stage.require(near in stage.bank.alarms(), claim, stage.bank.alarms())
    met = _calls(busy, _LIMIT)
    stage.require(met == "QUOTA_EXCEEDED", Text("at the limit it is told to wait", "达到上限被要求等待"), met)
    stage.require(_calls(neighbour, _LIMIT) is None, Text("its neighbour is served", "其他应用方正常受理"))

    for _ in range(_STRIKES - 1):
        stage.advance(60)
        busy.follow_clock()
        met = _calls(busy, 2 * _LIMIT)
    stage.require(met == "QUOTA_EXCEEDED", Text("it goes on for minutes", "持续超限数分钟"), met)
    stage.advance(60)
    busy.follow_clock()
    met = _calls(busy, 1)
    stage.require(met == "QUOTA_SUSPENDED", Text("its calls rest now", "其调用被暂停"), met)
    told = [each.data.get("notice") for each in busy.client.events_after(0)]
    stage.require(told[-1:] == ["quota_suspended"], Text("an event tells it so", "以事件通知该应用方"), told)
    claim = Text("and the staff has an alarm", "并产生告警")
    stage.require(("QUOTA_SUSPENDED", busy.app_id) in stage.bank.alarms(), claim, stage.bank.alarms())

    operator.act("release_quota", busy.app_id, "drill: their retries wait now")
    operator.act("lift_quota", f"{busy.app_id}:app:minute", "drill: the campaign is agreed")
    met = _calls(busy, 2 * _LIMIT)
    stage.require(met is None, Text("released by the staff, it is served again", "工作人员恢复后正常受理"), met)


def _calls(partner: Partner, times: int) -> str | None:
    """Call so often; the code of the first refusal, None where all was answered."""
    for _ in range(times):
        met = outcome(lambda: partner.client.call("rates.list", "GET", "/api/rates", with_secret=True))
        if met != SERVED:
            return met
    return None
