"""What the reconciliation of a day needs to know: the transfers that a day touched, and how it left them.

Account numbers leave here in full: masking them is for whoever knows who asks, and for what. Only looks; what was true
at the end of a day is told the same on any later one.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from bank_sim.core import beijing
from bank_sim.corelink import OperationRequest, Result
from bank_sim.policy import Policy

# Whatever began, ended or ran out on the day. ?3: the earliest beginning of what can have run out on it.
_TOUCHED = """
SELECT transfer_id FROM transfers WHERE created_at_ms >= ?1 AND created_at_ms < ?2
UNION SELECT transfer_id FROM transfers WHERE ended_at_ms >= ?1 AND ended_at_ms < ?2
UNION SELECT transfer_id FROM transfers
    WHERE created_at_ms >= ?3 AND created_at_ms < ?1 AND state = 'created' AND expires_at_ms >= ?1
        AND expires_at_ms < ?2
"""
_OF_DAY = f"""
SELECT t.order_no, t.transfer_id, t.state, t.amount_fen, d.account_number, t.creditor_number,
    t.created_at_ms, t.expires_at_ms, t.ended_at_ms, t.serial
FROM ({_TOUCHED}) JOIN transfers t USING (transfer_id) JOIN accounts d ON d.account_id = t.debtor_account_id
WHERE t.app_id = ?4
ORDER BY t.created_at_ms, t.transfer_id
"""  # noqa: S608 - constant
_APPLICATIONS = f"SELECT DISTINCT app_id FROM ({_TOUCHED}) JOIN transfers USING (transfer_id) ORDER BY app_id"  # noqa: S608


def list_day(policy: Policy, db: sqlite3.Connection, request: OperationRequest) -> Result:
    """For reconciliation. app_id, params ``day`` -> ``lines``, in the order in which they were ordered.

    A transfer is ``executed``, ``rejected``, ``expired``, or ``open``: it had no end when the day had. ``serial`` and
    ``ended_at_ms`` are those of an end within the day.
    """
    times = _times(policy, request)
    rows = db.execute(_OF_DAY, (*times, request.app_id)).fetchall()
    return {"lines": [_line(row, times[1]) for row in rows]}


def list_applications(policy: Policy, db: sqlite3.Connection, request: OperationRequest) -> Result:
    """For reconciliation. params ``day`` -> ``app_ids`` of those with a transfer that the day touched."""
    return {"app_ids": [row[0] for row in db.execute(_APPLICATIONS, _times(policy, request))]}


def _times(policy: Policy, request: OperationRequest) -> tuple[int, int, int]:
    """When the day begins, when the next one does, and since when an order may have lasted into it."""
    begins_ms, ends_ms = beijing.bounds_ms(request.params["day"])
    return begins_ms, ends_ms, begins_ms - policy.transfer_expiry_s * 1000


def _line(row: tuple[Any, ...], end_ms: int) -> Result:
    order_no, transfer_id, state, amount_fen, debtor, creditor, created_at_ms, expires_at_ms, ended_at_ms, serial = row
    ended = ended_at_ms is not None and ended_at_ms < end_ms
    ran_out = state == "created" and expires_at_ms < end_ms
    line = {
        "order_no": order_no,
        "transfer_id": transfer_id,
        "state": state if ended else "expired" if ran_out else "open",
        "amount_fen": amount_fen,
        "debtor_account": debtor,
        "creditor_account": creditor,
        "created_at_ms": created_at_ms,
        "ended_at_ms": ended_at_ms if ended else expires_at_ms if ran_out else None,
        "serial": serial if ended else None,
    }
    return {name: value for name, value in line.items() if value is not None}
