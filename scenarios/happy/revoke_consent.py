"""The user closes the service at the bank; the wallet's very next call is refused."""

from __future__ import annotations

from scenarios.endings import require_nothing_more_is_seen
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text


@scenario(
    "revoke-consent",
    kind="happy",
    suites=("gm", "intl"),
    clauses=("9.3.2-2", "9.3.2-1.1.2", "9.2.1-b-4.1", "7.3.3-1.2"),
    summary_en="The user revokes the consent on the bank's own pages; the wallet's next call is refused at once.",
    summary_zh="用户在银行页面撤销授权，钱包的下一次调用立即被拒绝。",
)
def revoke_consent(stage: Stage) -> None:
    """1. Balances are there. 2. Revoke at the bank. 3. The same page is refused, and the refusal is recorded."""
    user = stage.linked_user()
    stage.require(bool(user.see_balances()), Text("before, the wallet sees balances", "撤销前钱包可见余额"))
    user.revoke_consent()
    mark, consent_id = stage.bank.mark(), stage.bank.accounts_consent(stage.user.login_name)
    page = user.browser.open(f"{stage.world.addresses.wallet}/accounts")
    require_nothing_more_is_seen(stage, mark, consent_id, page)
