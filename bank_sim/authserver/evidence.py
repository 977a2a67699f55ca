"""The records that an application hands in when the bank looks into an incident, by program (JR/T 0185 10.5).

    evidence   request_id, statement → request_id, answered_at

A suspended application may do so too: whoever is suspended upon an alarm has the most to explain.
"""

from __future__ import annotations

from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.clock import rfc3339
from bank_sim.store import Transaction


def hand_in(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """As ``supervision.evidence.Evidence.take``; what the comparison found is for the bank's staff."""
    app_id = call.client.app_id
    keys = call.bank.registry.credentials(app_id, "sig")
    call.bank.evidence.take(db, app_id, required(call, "request_id"), required(call, "statement"), keys)
    return {"request_id": call.form["request_id"], "answered_at": rfc3339(call.bank.clock.now_ms() // 1000)}
