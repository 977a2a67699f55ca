"""How far both logs have come, said by each and countersigned by the other, by program (JR/T 0185 12.3).

    checkpoints        journal, kept → checkpoint, countersignature, more
    checkpoints/sign   serial, countersignature → serial, signed_at

A suspended application may do so too: what its log says matters most then.
"""

from __future__ import annotations

from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.clock import rfc3339
from bank_sim.sdk.protocol import problems
from bank_sim.store import Transaction

_SERIAL_DIGITS_MAX = 15


def exchange(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """As ``supervision.witnessing.Witnessing.exchange``; ``kept`` is left out by whoever has none yet."""
    keys = call.bank.registry.credentials(call.client.app_id, "sig")
    journal, kept = required(call, "journal"), call.form.get("kept")
    found = call.bank.witnessing.exchange(db, call.client, journal, kept, keys)
    return {"checkpoint": found.checkpoint, "countersignature": found.countersignature, "more": found.more}


def sign(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """As ``supervision.witnessing.Witnessing.sign``; PARAM_INVALID for a serial that is no number."""
    serial = required(call, "serial")
    if not (serial.isascii() and serial.isdecimal() and len(serial) <= _SERIAL_DIGITS_MAX):
        raise problems.PARAM_INVALID.problem("serial is the number in the checkpoint.")
    keys = call.bank.registry.credentials(call.client.app_id, "sig")
    call.bank.witnessing.sign(db, call.client.app_id, int(serial), required(call, "countersignature"), keys)
    return {"serial": int(serial), "signed_at": rfc3339(call.bank.clock.now_ms() // 1000)}
