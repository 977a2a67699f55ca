"""An authorization between application, user and bank, whichever door the user comes by: pages or embedded form.

    asking     what is asked, read afresh, and what its steps are judged against
    giving     the user's word becomes a consent and a code
    announcing what users are told unasked: each debit, an end that draws near; duties says when
    outcomes   what follows when a payment was judged, and what becomes of one that was held
    probing    nobody learns by trying who holds an account
    wording    the text message around a one-time code, the question to a phone
    embedded   the frame in an application's page: its address, its session, whose page may show it

It must not know of HTTP, nor of how the user proves who they are: that is identity's.
"""

from bank_sim.authorization import giving, probing
from bank_sim.authorization.asking import Asking, Choice, Payment, asked_of, core
from bank_sim.authorization.giving import give
from bank_sim.authorization.versions import RISK_NOTICE_VERSION, TEXT_VERSION
from bank_sim.authorization.wording import code_message, question_to_phone

DEFENCES = giving.DEFENCES | probing.DEFENCES
"""The rows that a training run may leave out."""

__all__ = [
    "DEFENCES",
    "RISK_NOTICE_VERSION",
    "TEXT_VERSION",
    "Asking",
    "Choice",
    "Payment",
    "asked_of",
    "code_message",
    "core",
    "give",
    "question_to_phone",
]
