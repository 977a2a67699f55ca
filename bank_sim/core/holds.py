"""Holds: money that stays on an account but may not be spent, such as a hotel's pre-authorisation of a card."""

from __future__ import annotations

import sqlite3

from bank_sim.core.ledger import balance_of
from bank_sim.sdk.protocol import problems


def place_hold(
    db: sqlite3.Connection, hold_id: str, account_id: str, amount_fen: int, reason: str, placed_at_ms: int
) -> None:
    """Set money aside. INSUFFICIENT_FUNDS when less than that is available."""
    taken = db.execute(
        "UPDATE ledger_accounts SET held_fen = held_fen + ?2"
        " WHERE account_id = ?1 AND side = 'customer' AND balance_fen - held_fen >= ?2",
        (account_id, amount_fen),
    )
    if taken.rowcount != 1:
        balance_of(db, account_id)
        raise problems.INSUFFICIENT_FUNDS.problem()
    db.execute(
        "INSERT INTO holds (hold_id, account_id, amount_fen, reason, placed_at_ms) VALUES (?,?,?,?,?)",
        (hold_id, account_id, amount_fen, reason, placed_at_ms),
    )


def lift_hold(db: sqlite3.Connection, hold_id: str, lifted_at_ms: int) -> None:
    """Make held money available again. A hold that was lifted before is left as it is."""
    row = db.execute(
        "UPDATE holds SET lifted_at_ms = ? WHERE hold_id = ? AND lifted_at_ms IS NULL RETURNING account_id, amount_fen",
        (lifted_at_ms, hold_id),
    ).fetchone()
    if row is not None:
        db.execute("UPDATE ledger_accounts SET held_fen = held_fen - ?2 WHERE account_id = ?1", row)
