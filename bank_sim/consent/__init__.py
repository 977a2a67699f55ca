"""The user's consent as an object: asked for, authorised, used, expired, revoked (JR/T 0185 9.3.2, 10.2.2).

Whoever acts on a consent, on whichever face of the bank, acts through this package. It must not know of HTTP,
tokens or pages.
"""

from bank_sim.consent import consents, services
from bank_sim.consent.consents import Authorisation, Consents
from bank_sim.consent.model import (
    ACCOUNT_INFORMATION,
    PAYMENT,
    PAYMENT_APIS,
    Consent,
    ConsentRequest,
    PaymentTerms,
    confirmation_digest,
    one_payment,
)
from bank_sim.consent.services import ApiServices, Closing

SCHEMA = consents.SCHEMA + services.SCHEMA

__all__ = [
    "ACCOUNT_INFORMATION",
    "PAYMENT",
    "PAYMENT_APIS",
    "SCHEMA",
    "ApiServices",
    "Authorisation",
    "Closing",
    "Consent",
    "ConsentRequest",
    "Consents",
    "PaymentTerms",
    "confirmation_digest",
    "one_payment",
]
