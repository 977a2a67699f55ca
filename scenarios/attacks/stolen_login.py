"""What attacks with a stolen password have in common: what a page says of the refusal, and what a consent yields."""

from __future__ import annotations

import re

from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.partner import Flow, Partner
from scenarios.stage import Attempt
from user_sim.bank_visit import TurnedAway
from user_sim.browser import Page
from user_sim.driver import HeadlessUser

_CODE = re.compile(r"\b[A-Z][A-Z_]{5,}\b")


def alert_code(page: Page) -> str | None:
    """The code of the refusal that a page of the bank shows."""
    return next((word for word in _CODE.findall(page.text) if word in CATALOGUE), None)


def balance_got(thief: HeadlessUser, rival: Partner) -> Attempt:
    """The thief agrees, in the user's name, that an application of their own reads the user's balance."""
    consent = rival.ask_for_accounts()
    try:
        page = thief.at_bank(consent.url)
    except TurnedAway as refusal:
        return Attempt(refusal.page.status, alert_code(refusal.page))
    return balance_read(rival, consent, page)


def balance_read(rival: Partner, consent: Flow, page: Page) -> Attempt:
    """What the thief's application reads with the consent that ``page`` brought back."""
    token = rival.tokens(consent, page.location.query).access_token
    account = rival.accounts(token)[0]
    balance = rival.balance(token, account["account_ref"])
    return Attempt(200, read=f"the balance of {account['account_masked']}: {balance}")
