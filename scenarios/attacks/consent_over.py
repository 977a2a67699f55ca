"""An application goes on reading after its user has revoked, with the tokens that it still holds."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems import Problem
from scenarios.attacks.code_of_another_session import balance_shown
from scenarios.outcome import code_of
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

A_DAY_S = 86_400


@scenario(
    "consent-over",
    kind="attack",
    clauses=("9.3.2-1.2.2", "9.3.2-1.3", "9.3.2-2", "9.2.1-b-4.1"),
    summary_en="The user has revoked at the bank; the application goes on with its access and refresh tokens.",
    summary_zh="用户已在银行撤销授权，应用仍以原有令牌继续调用。",
    defence=Defence("consent_state", "ATK-CON-09", 403, "CONSENT_REVOKED", "data"),
)
def consent_over(stage: Stage) -> Attempt:
    """Two shops: one whose user revokes, and one whose consent of a day runs out."""
    shop, lasting = stage.partner("shop"), stage.partner("lasting")
    user, asked = stage.customer_of(shop, stage.user), shop.ask_for_accounts()
    tokens = shop.tokens(asked, user.at_bank(asked.url).location.query)
    consent_id = stage.bank.accounts_consent(stage.user.login_name)
    user.revoke_consent()
    told = Text("the application is told by a signed event", "银行以签名事件通知应用")
    stage.require("consent.revoked" in stage.bank.events_of(consent_id), told, stage.bank.events_of(consent_id))
    _require_refresh_refused(stage, shop, tokens.refresh_token or "", "CONSENT_REVOKED")
    stage.attack_begins()
    try:
        return balance_shown(shop, tokens.access_token)
    except Problem as problem:
        _require_over_at_its_end(stage, lasting)
        return refused(problem)


def _require_refresh_refused(stage: Stage, shop: Partner, refresh_token: str, code: str) -> None:
    try:
        shop.client.oauth.refresh(refresh_token)
        found = "fresh tokens"
    except Problem as problem:
        found = code_of(problem)
    stage.require(found == code, Text("the refresh token is worth nothing either", "刷新令牌同样失效"), found)


def _require_over_at_its_end(stage: Stage, shop: Partner) -> None:
    """A token never outlives its consent, so that after its end it is the token that is told to be over."""
    stage.advance(61)
    user, asked = stage.customer_of(shop, stage.user), shop.ask_for_accounts(days=1)
    tokens = shop.tokens(asked, user.at_bank(asked.url).location.query)
    stage.advance(A_DAY_S)
    shop.follow_clock()
    try:
        found = str(balance_shown(shop, tokens.access_token))
    except Problem as problem:
        found = code_of(problem)
    stage.require(found == "TOKEN_EXPIRED", Text("past its end nothing is read", "到期后无法再读取"), found)
    _require_refresh_refused(stage, shop, tokens.refresh_token or "", "invalid_grant")
