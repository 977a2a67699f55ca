"""A payment agreement from its signing to its end: debits without asking, each told of, none beyond what was agreed."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from scenarios.outcome import outcome
from scenarios.registry import scenario
from scenarios.stage import Stage
from scenarios.texts import Text
from user_sim.driver import TurnedAway

AMOUNT, AMOUNT_FEN = "30.00", 3000
MONTH_S = 31 * 86_400


@scenario(
    "recurring-payment",
    kind="lifecycle",
    suites=("gm", "intl"),
    clauses=("9.3.2-1.3", "10.2.2-2.1", "10.2.2-2.2", "10.2.2-3.1", "10.2.2-3.2", "9.3.2-2", "9.3.3-2.2.1"),
    summary_en="Rent by agreement: signed once with two factors, paid monthly, told of each time, ended any time.",
    summary_zh="按协议定期付款：双因素签订一次，每月自动扣款，逐笔短信告知，用户可随时取消。",
)
def recurring_payment(stage: Stage) -> None:
    """1. Sign; the first debit follows. 2. Not two in a month. 3. A month on, the next. 4. Cancel; nothing more."""
    user = stage.wallet_user()
    mine, theirs = stage.numbers(stage.user)["I"], stage.numbers(stage.payee)["I"]
    mark = stage.bank.mark()
    user.agree_to_recurring(mine[-4:], theirs, stage.payee.name, AMOUNT)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    user.pay_what_is_due()
    stage.require(len(stage.bank.postings_since(mark)) == 1, Text("not two in one month", "一个月内不会扣第二笔"))

    stage.say(Text("A month passes", "一个月后"))
    mark = stage.bank.mark()
    stage.advance(MONTH_S)
    user.open_wallet(f"user-{stage.user.person_id}")
    user.pay_what_is_due()
    # The wallet takes by itself what is due, too: whoever of both came first may still be about it.
    taken = Text("the wallet takes what is due", "钱包扣取到期款项")
    stage.eventually(lambda: bool(stage.bank.postings_since(mark)), taken)
    stage.require_posted_once(mark, mine, theirs, AMOUNT_FEN)
    newest = user.phone.wait_for_message("累计", "so far", "this month")
    told = Text(
        "the payer was told of the debit, and of what the month has taken", "付款人收到扣款短信，并载明本月累计"
    )
    stage.require(AMOUNT in newest and theirs[-4:] in newest, told, newest[:60])
    untold = stage.bank.untold_debits()
    stage.require(untold == [], Text("no debit of any application went untold", "没有一笔扣款未告知用户"), untold)

    stage.say(Text("The user cancels at the bank", "用户在银行取消"))
    user.revoke_consent()
    mark = stage.bank.mark()
    stage.advance(MONTH_S)
    user.open_wallet(f"user-{stage.user.person_id}")
    # Once the bank's event has come, the wallet offers no button any more.
    with suppress(TurnedAway):
        user.pay_what_is_due()
    postings = stage.bank.postings_since(mark)
    stage.require(postings == [], Text("after that not one debit is taken", "此后一笔也扣不走"), postings)
    consent = stage.bank.consents(stage.user.login_name)[-1]
    kinds = stage.bank.events_of(consent["consent_id"])
    notified = Text("the application was told by an event", "已以事件通知应用方")
    stage.require(kinds[-1] == "consent.revoked", notified, kinds)
    _require_limits(stage)
    stage.require_unreadable(
        Text("the payee's account number and name", "收款人账号与户名"),
        {"the payee's account number": theirs, "the payee's name": stage.payee.name},
    )


def _require_limits(stage: Stage) -> None:
    """An application that takes what it was allowed, and then more."""
    club = stage.partner("club")
    user = stage.customer_of(club, stage.user)
    theirs = stage.numbers(stage.payee)["I"]
    flow = club.ask_for_agreement(theirs, stage.payee.name, AMOUNT, "60.00")
    tokens = club.tokens(flow, user.at_bank(flow.url).location.query)
    account_ref = tokens.authorization_details[0]["account_refs"][0]
    club.debit(tokens.access_token, account_ref, AMOUNT)
    mark = stage.bank.mark()
    codes = [outcome(partial(club.debit, tokens.access_token, account_ref, amount)) for amount in (AMOUNT, "30.01")]
    refused = Text(
        "a second debit in the month, and one fen too many, are refused: 403 CONSENT_LIMIT_EXCEEDED",
        "当月第二笔、以及多出一分钱的扣款均被拒绝：403 CONSENT_LIMIT_EXCEEDED",
    )
    stage.require(codes == ["CONSENT_LIMIT_EXCEEDED"] * 2, refused, codes)
    stage.require(stage.bank.postings_since(mark) == [], Text("no money moved", "资金未发生变动"))
