"""What an application found in a reconciliation file, told to the bank by program (JR/T 0185 7.2.2).

reconciliation   day, matched, differences → day, taken_at
"""

from __future__ import annotations

from typing import Any

import msgspec

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.clock import rfc3339
from bank_sim.reconciliation import results
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.reconciliation import DIFFERENCES_MAX, Difference
from bank_sim.store import Transaction

_CHARS_MAX = 64


def hand_in(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """``differences``: a JSON list of ``[order_no, kind, held, filed]``. PARAM_INVALID; RESOURCE_NOT_FOUND for a day
    of which the application was given no file."""
    app_id, now_ms = call.client.app_id, call.bank.clock.now_ms()
    day, matched = required(call, "day"), required(call, "matched")
    if not call.bank.reconciliation.has(db, app_id, day):
        raise problems.RESOURCE_NOT_FOUND.problem("The bank has given no file of this day.")
    if not (matched.isascii() and matched.isdigit() and len(matched) < 10):
        raise problems.PARAM_INVALID.problem("matched is a whole number.")
    results.take(db, app_id, day, int(matched), _differences(required(call, "differences")), now_ms)
    return {"day": day, "taken_at": rfc3339(now_ms // 1000)}


def _differences(text: str) -> list[Difference]:
    try:
        found = msgspec.convert(strict_json.parse(text.encode()), list[Difference])
    except msgspec.ValidationError as error:
        raise problems.PARAM_INVALID.problem("differences is a list of [order_no, kind, held, filed].") from error
    if len(found) > DIFFERENCES_MAX or any(len(each) > _CHARS_MAX for row in found for each in row):
        raise problems.PARAM_INVALID.problem(f"At most {DIFFERENCES_MAX} differences, of {_CHARS_MAX} characters each.")
    return found
