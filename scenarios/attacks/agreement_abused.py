"""An application holds a payment agreement and wants more of it than its user gave: more money, or another payee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bank_sim.sdk.protocol.problems import Problem
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused

if TYPE_CHECKING:
    from bank_sim.sdk.server import Tokens
    from scenarios.partner import Partner
    from user_sim.driver import HeadlessUser

AGREED, TAKEN = "30.00", "300.00"


@scenario(
    "debit-beyond-agreement",
    kind="attack",
    clauses=("9.3.2-1.3", "10.2.2-2.1"),
    summary_en="An application with an agreement for 30.00 a month debits 300.00.",
    summary_zh="应用持有每月30.00元的付款协议，却扣款300.00元。",
    defence=Defence("agreement_limits", "ATK-CON-12", 403, "CONSENT_LIMIT_EXCEEDED", "money"),
)
def debit_beyond_agreement(stage: Stage) -> Attempt:
    """The payee of the agreement is the attacker's partner; the amount is the application's to say."""
    club = stage.partner("club")
    tokens, _ = _agreed(stage, club)
    stage.attack_begins()
    account_ref = tokens.authorization_details[0]["account_refs"][0]
    try:
        return Attempt(club.debit(tokens.access_token, account_ref, TAKEN).status)
    except Problem as problem:
        return refused(problem)


@scenario(
    "agreement-to-another-payee",
    kind="attack",
    clauses=("10.2.2-2.1", "10.2.2-2.2", "9.3.2-1.1.2"),
    summary_en="An application with an agreement for one payee pays itself with it.",
    summary_zh="应用持有向甲付款的协议，却用它向自己付款。",
    defence=Defence("transaction_confirmation", "ATK-CON-13", 403, "TRANSACTION_NOT_CONFIRMED", "money"),
)
def agreement_to_another_payee(stage: Stage) -> Attempt:
    """It may order transfers for its user, to anybody; what confirms them is the user's word, or should be."""
    club = stage.partner("club")
    tokens, user = _agreed(stage, club)
    stage.advance(61)
    linked = club.linked(user)
    payer = club.paying_account(linked)
    stage.attack_begins()
    try:
        order = club.order_transfer(linked, payer, AGREED, stage.numbers(stage.stranger)["I"], stage.stranger.name)
        return Attempt(club.execute_transfer(tokens.access_token, order.data["transfer_id"], AGREED).status)
    except Problem as problem:
        return refused(problem)


def _agreed(stage: Stage, club: Partner) -> tuple[Tokens, HeadlessUser]:
    """The user agrees to 30.00 a month, 360.00 in all."""
    user = stage.customer_of(club, stage.user)
    flow = club.ask_for_agreement(stage.numbers(stage.payee)["I"], stage.payee.name, AGREED, "360.00")
    ending = stage.numbers(stage.user)["I"][-4:]
    return club.tokens(flow, user.at_bank(flow.url, (ending,)).location.query), user
