"""An application passes its credentials on: others call with them from networks of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bank_sim.sdk.protocol.problems import Problem
from scenarios.networks import Elsewhere
from scenarios.outcome import SERVED, outcome
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_ALARM = "CREDENTIAL_SHARING"
_NETWORKS = 20


@scenario(
    "credentials-shared",
    kind="attack",
    clauses=("12.2-3", "9.1.1-4", "10.2.1-2.2"),
    summary_en="An application's credentials serve twenty networks at once; the bank suspends it by rule and tells it,"
    " before anybody has looked, and the next sub-contractor reads nothing.",
    summary_zh="同一应用方凭证在二十个网络同时使用；银行按规则先行暂停并通知，后来的转包方读不到任何数据。",
    defence=Defence("application_status", "ATK-LIF-04", 403, "APP_SUSPENDED", "data", alarm=_ALARM),
)
def credentials_shared(stage: Stage) -> Attempt:
    """Nineteen sub-contractors read what is public, which no single call gives away. The twentieth is after the user's
    accounts."""
    landlord = stage.partner("landlord")
    token = landlord.linked(stage.customer_of(landlord, stage.user))
    stage.attack_begins()
    tenants = [
        landlord.with_keys(replace(landlord.keys, secret=None), Elsewhere(stage, f"127.41.{number}.7"))
        for number in range(1, _NETWORKS + 1)
    ]
    # The bank may have seen enough before the last of them.
    for tenant in tenants[:-1]:
        if outcome(partial(tenant.call, "products.list", "GET", "/api/products")) != SERVED:
            break
    stage.say(Text("The bank's watch looks at the networks", "银行监测检视来源网络"))
    stage.advance(1)
    # What follows upon an alarm is a duty, and due when the clock next moves.
    stage.advance(1)
    landlord.follow_clock()
    _is_told(stage, landlord.app_id)
    try:
        answer = tenants[-1].call("accounts.list", "GET", "/api/accounts", token=token)
    except Problem as problem:
        return refused(problem)
    numbers = ", ".join(each["account_masked"] for each in answer.data["items"])
    return Attempt(answer.status, read=f"which accounts the user has: {numbers}")


def _is_told(stage: Stage, app_id: str) -> None:
    raised = Text("the alarm names the application", "告警指明了该应用方")
    stage.require((_ALARM, app_id) in stage.bank.alarms(), raised, stage.bank.alarms())
    told = Text("an event tells it that it is suspended", "已以事件通知告知其被暂停")
    events = stage.bank.events_of(app_id)
    stage.require("application.status_changed" in events, told, events)
