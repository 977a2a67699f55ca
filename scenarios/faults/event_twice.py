"""The bank forgets that an event arrived, and posts it again: the wallet acts on it once."""

from __future__ import annotations

from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text

# Longer than the bank's first pause between two tries.
_NEXT_TRY_S = 5


@scenario(
    "event-twice",
    kind="fault",
    clauses=("10.4-1.3", "9.3.3-1.1"),
    summary_en="The bank posts an event twice, each time signed anew; the wallet acknowledges both and acts once.",
    summary_zh="银行将同一通知推送两次，每次重新签名；钱包均予确认，只处理一次。",
)
def event_twice(stage: Stage) -> None:
    """1. The user revokes; the event arrives, and the bank forgets it. 2. It arrives again. 3. It counted once."""
    user = stage.linked_user()
    consent_id = stage.bank.accounts_consent(stage.user.login_name)
    with stage.fault("duplicate_callback", api_id="consent.revoked"):
        user.revoke_consent()
        heard = Text("the wallet hears of the revocation", "钱包得知撤销")
        stage.eventually(lambda: not stage.wallet.is_linked(consent_id), heard)
        stage.eventually(
            lambda: "fault" in stage.bank.tries_of(consent_id),
            Text("the bank forgets that the event arrived", "银行遗忘该通知已送达"),
        )
        stage.advance(_NEXT_TRY_S)
        twice = Text("the event arrives a second time, and is acknowledged", "通知第二次送达并获确认")
        stage.eventually(lambda: stage.bank.tries_of(consent_id).count("delivered") == 2, twice)
    kept = [each for each in stage.wallet.events() if each == ("consent.revoked", consent_id)]
    once = Text("the wallet has acted on it once", "钱包只处理了一次")
    stage.require(len(kept) == 1, once, kept)
