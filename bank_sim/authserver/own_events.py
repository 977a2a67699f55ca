"""What the bank told an application, to be fetched by program instead of being posted (JR/T 0185 7.1-6.3).

    events   after, limit → events: those with greater sequence numbers, oldest first, as they are posted; newest

For applications without an address for events, and for those that see a gap in the sequence.
"""

from __future__ import annotations

from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.events.message import document_of
from bank_sim.sdk.protocol import problems
from bank_sim.store import Transaction

FETCHED_MAX = 100
_DIGITS_MAX = 12


def listed(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """PARAM_INVALID for what is no number. It marks nothing as delivered: who fetches says how far they have come."""
    after, limit = _number(call, "after", 0), _number(call, "limit", FETCHED_MAX)
    found = call.bank.events.after(call.client.app_id, after, min(limit, FETCHED_MAX))
    newest = call.bank.events.of_application(call.client.app_id, 1)
    return {"events": [document_of(each) for each in found], "newest": newest[0].sequence if newest else 0}


def _number(call: OAuthCall, name: str, otherwise: int) -> int:
    text = call.form.get(name)
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        raise problems.PARAM_INVALID.problem(f"{name} must be a whole number.")
    return int(text)
