"""A consent grows old: its user is reminded, renews it at the bank, and one that nobody renews runs out by itself."""

from __future__ import annotations

from bank_sim.sdk.server import Tokens
from scenarios.outcome import outcome
from scenarios.partner import CONSENT_DAYS, Partner
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text

DAY_S = 86_400
WALLET_DAYS = 90


@scenario(
    "consent-renewed",
    kind="lifecycle",
    suites=("gm", "intl"),
    clauses=("9.3.2-1.2.2", "9.3.2-1.3", "9.3.2-1.2.1", "10.3-1.4"),
    summary_en="A consent grows old: a reminder, a renewal for the same and no more, and in the end it runs out.",
    summary_zh="授权到期前提醒用户，按原内容续期，不得借续期扩大范围；无人续期的，到期自动失效。",
)
def consent_renewed(stage: Stage) -> None:
    """1. Linked. 2. A week before the end a message. 3. Renewed. 4. A renewal for more is refused. 5. One runs out."""
    user = stage.linked_user()
    before = user.see_balances()
    (old,) = stage.bank.consents(stage.user.login_name)
    stage.advance((WALLET_DAYS - 6) * DAY_S)
    reminder = user.phone.wait_for_message("到期", "ends on")
    names_it = any(name in reminder for name in ("微光钱包", "Lumen Wallet"))
    told = Text("a week before the end the bank reminds the user by message", "到期前一周，银行短信提醒用户")
    stage.require(names_it, told, reminder)

    stage.say(Text("The user renews", "用户续期"))
    # Three months on, nobody is logged in any more.
    user.open_wallet(f"user-{stage.user.person_id}")
    user.renew_consent()
    replaced, renewed = stage.bank.consents(stage.user.login_name)
    stage.require(
        (replaced["state"], renewed["state"], renewed["replaces"]) == ("replaced", "authorised", old["consent_id"]),
        Text("the renewed consent has taken the old one's place", "新授权已取代原授权"),
    )
    same = Text("it covers the same interfaces and accounts, for longer", "接口与账户不变，期限延长")
    kept = set(renewed["apis"].split()) == set(old["apis"].split()) and renewed["accounts"] == len(before)
    stage.require(kept and renewed["valid_to_s"] > old["valid_to_s"], same)
    stage.require(len(user.see_balances()) == len(before), Text("balances are there as before", "余额照常可见"))

    _require_an_end(stage, _require_no_more_than_was_seen(stage))


def _require_no_more_than_was_seen(stage: Stage) -> tuple[Partner, Tokens]:
    """An application that would like more out of a renewal than its user agreed to; and the tokens that it has."""
    shop = stage.partner("renewals")
    user = stage.customer_of(shop, stage.user)
    narrow = ["accounts.list", "accounts.balance"]
    flow = shop.ask_for_accounts(apis=narrow)
    tokens = shop.tokens(flow, user.at_bank(flow.url).location.query)
    consent_id = tokens.authorization_details[0]["consent_id"]
    code = outcome(lambda: shop.ask_for_accounts(apis=[*narrow, "accounts.transactions"], days=60, renews=consent_id))
    refused = Text(
        "a renewal that asks for more is refused: RECONSENT_REQUIRED", "借续期索取更多内容被拒绝：RECONSENT_REQUIRED"
    )
    stage.require(code == "RECONSENT_REQUIRED", refused, code)
    return shop, tokens


def _require_an_end(stage: Stage, held: tuple[Partner, Tokens]) -> None:
    """Nobody renews this one: it runs out by itself, on record, and the application is told."""
    shop, tokens = held
    consent_id = str(tokens.authorization_details[0]["consent_id"])
    stage.say(Text("Nobody renews it: a month passes", "无人续期，一个月后"))
    stage.advance((CONSENT_DAYS + 1) * DAY_S)
    ended = next(each for each in stage.bank.consents(stage.user.login_name) if each["consent_id"] == consent_id)
    stage.require(ended["state"] == "expired", Text("its end is on record", "到期已记录在案"), ended["state"])
    kinds = stage.bank.events_of(consent_id)
    notified = Text("the application was told by an event", "已以事件通知应用方")
    stage.require(kinds[-1] == "consent.expired", notified, kinds)
    shop.follow_clock()
    code = outcome(lambda: shop.client.oauth.refresh(tokens.refresh_token or ""))
    stage.require(
        code in ("CONSENT_EXPIRED", "invalid_grant"),
        Text("nothing more can be had with it", "凭此授权已无法再获取任何内容"),
        code,
    )
