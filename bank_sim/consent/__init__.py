"""The user's consent as an object: asked for, authorised, used, narrowed, replaced, ended (JR/T 0185 9.3.2, 10.2.2).

    model      what a consent is and what it covers      states     its life as a table, and its history
    consents   asked for, given, used                    limits     the running totals of a standing payment
    reminders  ends that draw near
    narrowing  one account or interface less             ending     revoked, replaced, expired, and what falls with it
    services   all consents of one user, closed at once  dependants how many users hang on an application

Whoever acts on a consent, on whichever face of the bank, acts through this package. It must not know of HTTP,
tokens or pages.
"""

from bank_sim.consent import consents, ending, limits, services, states
from bank_sim.consent.consents import Authorisation, Consents
from bank_sim.consent.ending import Ended, Endings
from bank_sim.consent.model import (
    ACCOUNT_INFORMATION,
    DEBIT_API,
    PAYMENT,
    PAYMENT_APIS,
    Consent,
    ConsentRequest,
    PaymentTerms,
    confirmation_digest,
    one_payment,
)
from bank_sim.consent.reminders import ending_soon, note_reminder
from bank_sim.consent.services import ApiServices, Closing
from bank_sim.consent.states import Happening

SCHEMA = consents.SCHEMA + states.SCHEMA + limits.SCHEMA + ending.SCHEMA + services.SCHEMA

__all__ = [
    "ACCOUNT_INFORMATION",
    "DEBIT_API",
    "PAYMENT",
    "PAYMENT_APIS",
    "SCHEMA",
    "ApiServices",
    "Authorisation",
    "Closing",
    "Consent",
    "ConsentRequest",
    "Consents",
    "Ended",
    "Endings",
    "Happening",
    "PaymentTerms",
    "confirmation_digest",
    "ending_soon",
    "note_reminder",
    "one_payment",
]
