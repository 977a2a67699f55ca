"""What an application asks this visit's user for, and which data that means, in the visitor's language.

The facts are the authorization package's, which other doors to an authorization share.
"""

from __future__ import annotations

from bank_sim.authorization import Asking, asked_of, core
from bank_sim.consent import Consent
from bank_sim.ebank.data_texts import Allowed, in_words
from bank_sim.ebank.visit import Visit

__all__ = ["Asking", "asking", "core", "data_named"]


def asking(visit: Visit, *, agreed: bool = False) -> Asking:
    """What the session's request asks, with the accounts ticked in this form; see ``asked_of``."""
    return asked_of(visit.bank, visit.entered, agreed=agreed, ticked=visit.request.form.getlist("account"))


def data_named(visit: Visit, consent: Consent) -> list[Allowed]:
    """What the consent lets the application see or do, in the user's words, in the catalogue's order."""
    return [in_words(each, visit.language) for each in visit.bank.catalogue if consent.covers(each.api_id)]
