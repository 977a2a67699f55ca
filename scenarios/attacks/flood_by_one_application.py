"""An application calls far more than was agreed with it, and does not mind being told to wait."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_AGREED, _CALLS = 10, 30


@scenario(
    "flood-by-one-application",
    kind="attack",
    clauses=("8-3", "10.1.2-1.1.2", "10.2.1-2.3"),
    summary_en="An application that may call ten times a minute calls thirty times at once; beyond the tenth it is told"
    " to wait, and its neighbours notice nothing.",
    summary_zh="每分钟限十次调用的应用方一口气调用三十次，超出部分被要求等待，其他应用方不受影响。",
    defence=Defence("quota", "ATK-AVA-01", 429, "QUOTA_EXCEEDED", "data"),
)
def flood_by_one_application(stage: Stage) -> Attempt:
    """The limit is set by the bank's staff at the console, and holds at the next call."""
    loud, neighbour = stage.partner("loud"), stage.partner("neighbour")
    desk = at_work(stage, "operator")
    desk.act("set_quota", f"{loud.app_id}:app:minute", "drill: as agreed", amount=str(_AGREED))
    stage.attack_begins()
    answered = 0
    try:
        for _ in range(_CALLS):
            answered += loud.client.call("rates.list", "GET", "/api/rates", with_secret=True).status == 200
    except Problem as problem:
        claim = Text("it was served as often as agreed, its neighbour too", "协议内的调用均已受理，邻居不受影响")
        served = neighbour.client.call("rates.list", "GET", "/api/rates", with_secret=True).status == 200
        stage.require(answered == _AGREED and served, claim, answered)
        return refused(problem)
    return Attempt(200, read=f"{answered} answers in a minute in which {_AGREED} are agreed")
