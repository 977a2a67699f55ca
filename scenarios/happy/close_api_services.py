"""The user closes every application's access at once; nothing goes on, nothing new begins, until they reopen it."""

from __future__ import annotations

import re

from scenarios.endings import require_nothing_more_is_seen
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text
from user_sim.driver import TurnedAway

_MASKED_NUMBER = re.compile(r"\d{4}\*{4}")


@scenario(
    "close-api-services",
    kind="happy",
    suites=("gm", "intl"),
    clauses=("9.3.2-2", "9.3.2-1.1.2", "7.3.3-1.2"),
    summary_en="The user closes all access: the next call and a new consent are refused until it is reopened.",
    summary_zh="用户关闭全部接口服务：应用的下一次调用与新的授权申请均被拒绝，直至用户重新开通。",
)
def close_api_services(stage: Stage) -> None:
    """1. Balances are there. 2. Close. 3. The next call is refused. 4. So is a new consent. 5. Reopen, link anew."""
    user = stage.linked_user()
    balances = user.see_balances()
    stage.require(
        any(_MASKED_NUMBER.search(each.account_masked) for each in balances),
        Text("before, the wallet sees balances", "关闭前钱包可见余额"),
    )
    user.close_services()
    mark, consent_id = stage.bank.mark(), stage.bank.accounts_consent(stage.user.login_name)
    page = user.browser.open(f"{stage.world.addresses.wallet}/accounts")
    require_nothing_more_is_seen(stage, mark, consent_id, page)
    _require_no_new_consent(stage)
    user.reopen_services()
    # The old consent stays ended: the user has to agree again.
    page = user.browser.open(f"{stage.world.addresses.wallet}/accounts")
    ended = Text("after reopening, the old consent is still worth nothing", "重新开通后，原授权依然无效")
    stage.require(not _MASKED_NUMBER.search(page.text), ended, page.text[:80])
    user.link_bank()
    stage.require(bool(user.see_balances()), Text("a new consent opens the balances again", "重新授权后余额恢复可见"))


def _require_no_new_consent(stage: Stage) -> None:
    """The user tries to link again, as somebody might talk them into: the bank refuses before any code is sent."""
    try:
        page = stage.wallet_user().link_bank()
    except TurnedAway as turned_away:
        page = turned_away.page
    stage.require(
        page.status == 403 and "API_SERVICES_CLOSED" in page.text,
        Text("the bank takes no new consent: 403 API_SERVICES_CLOSED", "银行不再受理新的授权：403 API_SERVICES_CLOSED"),
        f"{page.status} {page.text[:80]}",
    )
