"""An account's history, newest entry first, page by page.

A page ends with an opaque cursor that says where the next one begins (keyset paging): new entries neither shift nor
repeat older ones, and the thousandth page costs as much as the first.
"""

from __future__ import annotations

import base64
import binascii
import sqlite3
from typing import NamedTuple

from bank_sim.sdk.protocol import problems

_NEWEST = 2**63 - 1


class Movement(NamedTuple):
    """One line of the statement. The counterparty is known where the movement is a transfer within the bank."""

    entry_id: int
    posted_at_ms: int
    amount_fen: int
    balance_after_fen: int
    summary: str | None
    transfer_id: str | None
    counterparty_number: str | None
    counterparty_name_masked: str | None


class Page(NamedTuple):
    movements: list[Movement]
    next_cursor: str | None


def page_of(db: sqlite3.Connection, account_id: str, cursor: str | None, limit: int) -> Page:
    """At most ``limit`` movements older than the cursor. PARAM_INVALID for a cursor that no page gave."""
    before = _NEWEST if cursor is None else _read_cursor(cursor)
    rows = db.execute(
        """
        SELECT e.entry_id, e.posted_at_ms, l.amount_fen, l.balance_after_fen, e.summary, e.transfer_id,
            o.account_number, k.name_masked
        FROM ledger_lines l
        JOIN ledger_entries e ON e.entry_id = l.entry_id
        LEFT JOIN transfers t ON t.transfer_id = e.transfer_id
        LEFT JOIN accounts o
            ON o.account_id = iif(t.debtor_account_id = l.account_id, t.creditor_account_id, t.debtor_account_id)
        LEFT JOIN customers k ON k.customer_id = o.customer_id
        WHERE l.account_id = ? AND l.entry_id < ?
        ORDER BY l.entry_id DESC LIMIT ?
        """,
        # One more than asked for tells whether there is a next page.
        (account_id, before, limit + 1),
    ).fetchall()
    movements = [Movement(*row) for row in rows[:limit]]
    return Page(movements, _write_cursor(movements[-1].entry_id) if len(rows) > limit else None)


def _write_cursor(entry_id: int) -> str:
    return base64.urlsafe_b64encode(entry_id.to_bytes(8)).rstrip(b"=").decode()


def _read_cursor(text: str) -> int:
    try:
        raw = base64.b64decode(f"{text}=", altchars="-_", validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != 8 or raw[0] > 0x7F:
        raise problems.PARAM_INVALID.problem("cursor is not one that a page ended with.")
    return int.from_bytes(raw)
