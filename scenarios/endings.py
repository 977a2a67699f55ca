"""How an application learns that access has ended: by the refusal of its next call, or by the bank's event before that.

Which of the two is faster is up to the machine; either way nothing is seen from then on. Scenarios ask it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.observe import Mark
    from scenarios.stage import Stage
    from user_sim.browser import Page

CODE = "CONSENT_REVOKED"


def require_nothing_more_is_seen(stage: Stage, since: Mark, consent_id: str, page: Page) -> None:
    """``page``: what the wallet shows at its next look, after the user has taken a consent back at the bank."""
    # The wallet acts on an event before it keeps it: its page may have changed already.
    stage.eventually(
        lambda: CODE in page.text or ("consent.revoked", consent_id) in stage.wallet.events(),
        Text("the wallet knows that the consent is revoked", "钱包获知授权已撤销"),
    )
    told = ("consent.revoked", consent_id) in stage.wallet.events()
    calls = [(each["status"], each["code"]) for each in stage.bank.records_since(since)]
    if told and not calls:
        claim = Text(
            "the bank's event was faster than the next call: none was made", "银行事件先于下一次调用到达，钱包未再调用"
        )
    else:
        claim = Text(
            f"the bank refused whatever was asked next with 403 {CODE}, and recorded it",
            f"银行以403 {CODE}拒绝了紧接着的所有调用，并留有记录",
        )
    stage.require(set(calls) == {(403, CODE)} or (told and not calls), claim, calls)
