"""Text messages from the bank to its users: an outbox in the database, and the thread that empties it.

Delivery is at least once, in order for each phone, and one phone's trouble is not another's.
"""

from bank_sim.messages import notices, outbox
from bank_sim.messages.dispatcher import Dispatcher
from bank_sim.messages.notices import note_debit, untold_debits
from bank_sim.messages.outbox import Message, MessageRefused, Outbox
from bank_sim.messages.sms_gateway import SmsGateway

SCHEMA = outbox.SCHEMA + notices.SCHEMA

__all__ = [
    "SCHEMA",
    "Dispatcher",
    "Message",
    "MessageRefused",
    "Outbox",
    "SmsGateway",
    "note_debit",
    "untold_debits",
]
