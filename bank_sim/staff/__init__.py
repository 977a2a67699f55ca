"""The bank's own people: who they are, what their role allows, whose agreement a deed needs, and what they did.

    colleagues    accounts with one role each: operator, reviewer, auditor
    sessions      of the console, kept at the server
    permissions   the matrix of roles, and the check table that every deed runs through
    disclosure    what opens a customer's data, or lets records out of the house
    proposals     what one person proposes and another decides
    journal       what staff did, to whom and why, chained like the access log

The console is its only face. It must not act on the bank itself: who calls it does that, in the same transaction.
"""

from bank_sim.staff import colleagues, disclosure, journal, permissions, proposals, sessions
from bank_sim.staff.colleagues import Colleague, Newcomer, enrol
from bank_sim.staff.desk import Desk
from bank_sim.staff.permissions import ROLES

SCHEMA = colleagues.SCHEMA + sessions.SCHEMA + proposals.SCHEMA + journal.SCHEMA
DEFENCES = permissions.DEFENCES | disclosure.DEFENCES
"""The rows that a training run may leave out."""

__all__ = ["DEFENCES", "ROLES", "SCHEMA", "Colleague", "Desk", "Newcomer", "enrol"]
