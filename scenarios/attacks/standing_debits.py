"""What attacks with a payment agreement have in common: a user who signed one, and debits that nobody is asked about.

Such a debit needs nobody at a page, so that an application can take many at once, or one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bank_sim.sdk.server import Answer, Tokens
    from scenarios.partner import Partner
    from scenarios.stage import Stage
    from user_sim.driver import HeadlessUser
    from user_sim.people import Person

BETWEEN_CODES_S = 61


@dataclass(slots=True)
class Agreement:
    """A payer's word in an application's hands."""

    shop: Partner
    tokens: Tokens

    @property
    def account_ref(self) -> str:
        return str(self.tokens.authorization_details[0]["account_refs"][0])

    def take(self, amount: str, purpose: str, order_no: str | None = None) -> Answer:
        """One debit. Distinct purposes are distinct debits; ``order_no`` sends one again."""
        return self.shop.debit(self.tokens.access_token, self.account_ref, amount, purpose, order_no)


def agreed(
    stage: Stage,
    shop: Partner,
    payer: Person,
    from_class: str,
    payee: Person,
    most: str,
    in_all: str,
    to_class: str = "I",
    user: HeadlessUser | None = None,
) -> Agreement:
    """``payer`` signs that the shop takes up to ``most`` at once and ``in_all`` from the account of that class.

    Who signed a moment ago signs again with the next code, which the bank sends a minute later.
    ``user``: the payer, who is at the bank already.
    """
    user = user or stage.customer_of(shop, payer)
    flow = shop.ask_for_agreement(stage.numbers(payee)[to_class], payee.name, most, in_all, in_all)
    page = user.at_bank(flow.url, (stage.numbers(payer)[from_class][-4:],))
    return Agreement(shop, shop.tokens(flow, page.location.query))


def filled(stage: Stage, shop: Partner, amount: str) -> None:
    """The user's account of class II gets this much from their own of class I; then time passes for the next code."""
    agreed(stage, shop, stage.user, "I", stage.user, amount, amount, "II").take(amount, "to myself")
    stage.advance(BETWEEN_CODES_S)
