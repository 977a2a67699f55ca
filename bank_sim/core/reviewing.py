"""A transfer that is held because its risk is being looked at (JR/T 0185 10.2.3-3.2).

    held ──release──▶ executed      somebody of the bank let it go; posted as any other, on that day and its limits
      └────refuse──▶ rejected      the money is the payer's again

Its money stays on the payer's account and may not be spent meanwhile. Who may decide, and why, is not judged here.
"""

from __future__ import annotations

import sqlite3

from bank_sim.core import payments
from bank_sim.core.holds import lift_hold
from bank_sim.core.payments import Transfer
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems


def release(db: sqlite3.Connection, policy: Policy, transfer: Transfer, now_ms: int) -> Transfer:
    """Post it. TRANSFER_STATE where it is not held; whatever refuses an order refuses it too, and it stays held."""
    _require_held(transfer)
    payer, payee = payments.require_possible(db, policy, transfer, now_ms)
    lift_hold(db, payments.hold_id(transfer), now_ms)
    return payments.post(db, policy, transfer, payer, payee, now_ms)


def refuse(db: sqlite3.Connection, transfer: Transfer, now_ms: int) -> Transfer:
    """It is never posted; what was set aside may be spent again. TRANSFER_STATE where it is not held."""
    _require_held(transfer)
    lift_hold(db, payments.hold_id(transfer), now_ms)
    return payments.end(db, transfer, "rejected", now_ms, rejected_by="bank")


def _require_held(transfer: Transfer) -> None:
    if transfer.state != "held":
        raise problems.TRANSFER_STATE.problem(f"The transfer is {transfer.state}.")
