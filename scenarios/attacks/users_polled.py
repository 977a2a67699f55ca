"""An application with every right to look copies its users' accounts, minute by minute, while nobody sits there."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import Tokens
from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import at_work
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_ALARM = "ABSENT_USERS_POLLED"
_TURNED_AWAY_S = 31 * 60
_AN_HOUR, _TRIES = 30, 36
_QUESTION = "drill: why do you poll users who are not there?"


@scenario(
    "users-polled",
    kind="attack",
    clauses=("9.3.5-1", "10.2.1-2.2", "10.2.1-2.3", "12.2-3"),
    summary_en="A granted application polls accounts of a user who is not there; beyond thirty looks an hour it is"
    " refused, an alarm tells the staff, and it is asked why in a signed notice with a case.",
    summary_zh="获授权的应用方在用户不在场时反复轮询其账户；每小时超过三十次即拒绝并告警，银行以带事项编号的签名通知问询。",
    defence=Defence("user_absent", "ATK-DAT-05", 429, "USER_ABSENT_LIMIT", "data", alarm=_ALARM),
)
def users_polled(stage: Stage) -> Attempt:
    """The user agreed half an hour ago and has gone; token and consent are good for longer. Thirty-six looks stand for
    those of a day: one more than is allowed is as good as a thousand."""
    shop = stage.partner("collector")
    flow = shop.ask_for_accounts()
    tokens = shop.tokens(flow, stage.customer_of(shop, stage.user).at_bank(flow.url).location.query)
    stage.advance(_TURNED_AWAY_S)
    shop.follow_clock()
    token = _refreshed(shop, tokens)
    stage.attack_begins()
    copied, last = 0, None
    for _ in range(_TRIES):
        try:
            copied += bool(shop.accounts(token))
        except Problem as problem:
            last = refused(problem)
    if last is None:
        return Attempt(200, read=f"{copied} copies of the accounts of a user who was not there")
    enough = Text(f"{_AN_HOUR} looks were answered", f"前{_AN_HOUR}次查询照常应答")
    stage.require(copied == _AN_HOUR, enough, copied)
    _is_fair(stage, shop, token)
    _is_asked(stage, shop)
    return last


def _refreshed(shop: Partner, tokens: Tokens) -> str:
    assert tokens.refresh_token is not None
    return shop.client.oauth.refresh(tokens.refresh_token).access_token


def _is_fair(stage: Stage, shop: Partner, token: str) -> None:
    looking = outcome(lambda: shop.client.call("accounts.list", "GET", "/api/accounts", token=token, user_present=True))
    claim = Text("the user who looks now is served all the same", "用户在场查看不受影响")
    stage.require(looking == SERVED, claim, looking)


def _is_asked(stage: Stage, shop: Partner) -> None:
    """The staff sees the alarm and inquires; the application finds the question among its signed events."""
    stage.advance(1)
    stage.require((_ALARM, shop.app_id) in stage.bank.alarms(), Text("the staff is alarmed", "系统向银行人员告警"))
    at_work(stage, "operator").act("inquire", shop.app_id, _QUESTION)
    shop.follow_clock()
    # Told when it is asked, and reminded of it where the date is near.
    cases = list({each.subject for each in shop.client.events_after(0) if each.data.get("notice") == "inquiry"})
    asked = Text("a signed notice names the case", "签名通知载明事项编号")
    stage.require([each[:5] for each in cases] == ["task_"], asked, cases)
