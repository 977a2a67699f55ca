"""An application has left the bank and kept everything: keys, App_Secret, tokens of its users, a portal login."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bank_sim.sdk.protocol.problems import TOKEN_EXPIRED, Problem
from bank_sim.sdk.server import Tokens
from scenarios.outcome import outcome
from scenarios.partner import Partner
from scenarios.portal_desk import developer_of
from scenarios.registry import Defence, scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

_CODE = "APP_EXITED"
_LEAD_S, _CONSENT_DAYS = 30 * 86_400, 90
_WHY = "drill: the cooperation ends"


@scenario(
    "exited-application-calls",
    kind="attack",
    clauses=("9.4-1.3", "9.4-1.4", "9.2.1-a-2.2"),
    summary_en="An application that has left goes on with its keys, App_Secret, token and refresh token; all of them"
    " are void since the hour of its exit, and that it still calls is an alarm.",
    summary_zh="应用方退出后继续使用原密钥、鉴别密文、访问令牌和刷新令牌；自退出生效起全部作废，继续调用即触发告警。",
    defence=Defence("exit_voids_access", "ATK-LIF-01", 403, _CODE, "data", alarm="EXITED_STILL_CALLS"),
    ages=True,
)
def exited_application_calls(stage: Stage) -> Attempt:
    """The user agreed for ninety days, of which thirty have passed when the application is gone."""
    shop = stage.partner("leaver")
    flow = shop.ask_for_accounts(days=_CONSENT_DAYS)
    kept = shop.tokens(flow, stage.customer_of(shop, stage.user).at_bank(flow.url).location.query)
    _leaves(stage, shop)
    stage.attack_begins()
    try:
        numbers = ", ".join(each["account_masked"] for each in _accounts(shop, kept))
    except Problem as problem:
        _tries_everything(stage, shop, kept)
        return refused(problem)
    return Attempt(200, read=f"accounts of a user whom the exit should have protected: {numbers}")


def _accounts(shop: Partner, kept: Tokens) -> list[dict[str, Any]]:
    """By the access token, which is old by now; by a fresh one where the bank says that only its time is over."""
    try:
        return shop.accounts(kept.access_token)
    except Problem as problem:
        if problem.kind is not TOKEN_EXPIRED or kept.refresh_token is None:
            raise
    return shop.accounts(shop.client.oauth.refresh(kept.refresh_token).access_token)


def _tries_everything(stage: Stage, shop: Partner, kept: Tokens) -> None:
    """What else it kept. The portal and the token endpoint know its credentials no more; calls are told why."""
    refresh = kept.refresh_token or ""
    tries: dict[Text, tuple[Callable[[], object], str]] = {
        Text("its key", "原密钥"): (lambda: shop.client.call("rates.list", "GET", "/api/rates"), _CODE),
        Text("its App_Secret", "原鉴别密文"): (
            lambda: shop.client.call("rates.list", "GET", "/api/rates", with_secret=True),
            _CODE,
        ),
        Text("its refresh token", "原刷新令牌"): (lambda: shop.client.oauth.refresh(refresh), "KEY_REVOKED"),
        Text("a new request to users", "向用户发起新的授权请求"): (shop.ask_for_accounts, "KEY_REVOKED"),
    }
    for what, (act, code) in tries.items():
        found = outcome(act)
        stage.require(found == code, Text(f"{what.en}: refused ({code})", f"{what.zh}：拒绝（{code}）"), found)
    page = developer_of(stage, shop).open(f"{stage.world.addresses.portal}/application")
    outside = Text("the portal lets it in no more", "开发者门户不再允许其登录")
    stage.require(shop.app_id not in page.text, outside, page.location.path)


def _leaves(stage: Stage, shop: Partner) -> None:
    """The exit, by the book: announced, no new business, settled, void on the day, on record."""
    operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
    operator.act("propose_exit", shop.app_id, _WHY)
    reviewer.act("approve_proposal", _proposal(reviewer, shop.app_id), _WHY)
    for step in ("stop_business", "settle_exit"):
        operator.act(step, shop.app_id, _WHY)
    stage.advance(_LEAD_S)
    shop.follow_clock()
    operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
    operator.act("propose_voiding", shop.app_id, _WHY)
    reviewer.act("approve_proposal", _proposal(reviewer, shop.app_id), _WHY)
    operator.act("archive_exit", shop.app_id, _WHY)
    page = operator.see(f"/supervision?find={shop.keys.signing.kid}")
    found = Text("the record is found by the fingerprint of its key", "凭其密钥指纹可检索归档记录")
    stage.require(shop.app_id in page.text, found, page.text[:120])


def _proposal(desk: StaffDesk, app_id: str) -> str:
    links = [link.href for link in desk.see(f"/supervision/{app_id}").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
