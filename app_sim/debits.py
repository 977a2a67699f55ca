"""What is taken under the agreements of ``agreements``: on time by the wallet's own clock, and each debit once.

    unknown ──bank answers──▶ executed | refused
       └──────────────────▶ held ──sent again──▶ executed | refused

A debit is sent under a number of its own, the same however often it is sent, so that a lost answer is mended by sending
it again (JR/T 0185 9.3.3-1.2). A refusal counts only when the bank has signed it.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from app_sim.agreements import Agreements
from app_sim.bank import Bank, Debit, Problem, format_fen
from app_sim.journal import Journal
from app_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS debits (
    order_no TEXT PRIMARY KEY,
    agreement_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('unknown', 'held', 'executed', 'refused')),
    amount_fen INTEGER NOT NULL,
    serial TEXT,
    code TEXT,
    due_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS debits_of_agreement ON debits (agreement_id, due_ms);
"""

_BEIJING = timezone(timedelta(hours=8))
_LAST_SAFE_DAY = 28


@dataclass(frozen=True, slots=True)
class Taken:
    """One debit as its user sees it: ``executed``, ``refused`` with the bank's code, ``held``, or ``unknown``."""

    order_no: str
    state: str
    amount_fen: int
    serial: str | None
    code: str | None
    due_ms: int

    @property
    def amount(self) -> str:
        return format_fen(self.amount_fen)


_FACTS = ", ".join(Taken.__dataclass_fields__)


class Debits:
    """Takes what is due, and sends again what has no answer yet."""

    def __init__(
        self, store: Store, bank: Bank, agreements: Agreements, journal: Journal, now_ms: Callable[[], int]
    ) -> None:
        self._store = store
        self._bank = bank
        self._agreements = agreements
        self._journal = journal
        self._now_ms = now_ms
        # Two runs at once would spend one refresh token twice, which the bank takes for theft.
        self._running = threading.Lock()

    def under(self, agreement_id: str) -> list[Taken]:
        """What was taken, or refused, under an agreement, the newest first."""
        query = f"SELECT {_FACTS} FROM debits WHERE agreement_id = ? ORDER BY due_ms DESC, order_no"  # noqa: S608
        return [Taken(*row) for row in self._store.read(query, (agreement_id,))]

    def run_due(self) -> None:
        """Take what has fallen due, and send again what has no answer yet. What was missed is not made up for."""
        with self._running:
            for row in self._store.read(
                "SELECT d.order_no, a.* FROM debits d JOIN agreements a USING (agreement_id)"
                " WHERE d.state IN ('unknown', 'held') AND a.state = 'active' ORDER BY d.due_ms"
            ):
                self._send(row, row["order_no"])
            query = "SELECT * FROM agreements WHERE state = 'active' AND next_due_ms <= ? ORDER BY next_due_ms"
            for row in self._store.read(query, (self._now_ms(),)):
                if (order_no := self._claim(row)) is not None:
                    self._send(row, order_no)

    def settle_by_file(self, order_no: str, state: str, serial: str | None, problem: Problem | None) -> None:
        """What the bank's file of a day says of a debit that has no answer yet: ``executed``, or ``rejected``."""
        row = self._store.row(
            "SELECT d.user_id, a.creditor_account_masked FROM debits d JOIN agreements a USING (agreement_id)"
            " WHERE d.order_no = ?",
            (order_no,),
        )
        if row is not None:
            self._settle(row, order_no, "executed" if state == "executed" else "refused", serial, problem)

    def _claim(self, row: sqlite3.Row) -> str | None:
        """Enter the debit that is due and set the next one; None where somebody else has done so."""
        order_no = f"LA{secrets.token_hex(10)}"
        due_ms, now_ms = row["next_due_ms"], self._now_ms()
        following = next_due_ms(due_ms, row["period"], now_ms)
        with self._store.write() as db:
            moved = db.execute(
                "UPDATE agreements SET next_due_ms = ? WHERE agreement_id = ? AND next_due_ms = ? AND state = 'active'",
                (following if following < row["valid_to_ms"] else None, row["agreement_id"], due_ms),
            )
            if moved.rowcount != 1:
                return None
            db.execute(
                "INSERT INTO debits (order_no, agreement_id, user_id, state, amount_fen, due_ms, updated_ms)"
                " VALUES (?, ?, ?, 'unknown', ?, ?, ?)",
                (order_no, row["agreement_id"], row["user_id"], row["amount_fen"], due_ms, now_ms),
            )
        return order_no

    def _send(self, row: sqlite3.Row, order_no: str) -> None:
        """Send one debit, or send it again: what the bank signed is definite, anything else stays unknown."""
        try:
            token = self._agreements.token(row["agreement_id"])
            transfer = self._bank.debit(token, Debit(order_no, row["account_ref"], row["amount_fen"]))
        except Problem as problem:
            self._agreements.heed(row["agreement_id"], problem)
            if problem.members.get("trusted") and not problem.kind.retry_safe and problem.code != "RESULT_UNKNOWN":
                self._settle(row, order_no, "refused", None, problem)
            return
        if transfer["state"] == "held":
            self._hold(order_no)
        else:
            self._settle(row, order_no, "executed", str(transfer["serial"]), None)

    def _hold(self, order_no: str) -> None:
        """The bank looks at it first; the very same debit is sent again until it has decided."""
        with self._store.write() as db:
            db.execute(
                "UPDATE debits SET state = 'held', updated_ms = ? WHERE order_no = ? AND state = 'unknown'",
                (self._now_ms(), order_no),
            )

    def _settle(self, row: sqlite3.Row, order_no: str, state: str, serial: str | None, problem: Problem | None) -> None:
        with self._store.write() as db:
            db.execute(
                "UPDATE debits SET state = ?, serial = ?, code = ?, updated_ms = ?"
                " WHERE order_no = ? AND state IN ('unknown', 'held')",
                (state, serial, problem and problem.code, self._now_ms(), order_no),
            )
            event = "executed" if state == "executed" else "rejected"
            self._journal.transaction(db, row["user_id"], event, order_no, row["creditor_account_masked"], problem)


def next_due_ms(due_ms: int, period: str, now_ms: int) -> int:
    """The first moment of the rhythm that lies after ``now_ms``: the same hour on another day, or day of the month."""
    moment = datetime.fromtimestamp(due_ms / 1000, _BEIJING)
    while int(moment.timestamp() * 1000) <= now_ms:
        if period == "day":
            moment += timedelta(days=1)
        else:
            year, month = divmod(moment.year * 12 + moment.month, 12)
            moment = moment.replace(year=year, month=month + 1, day=min(moment.day, _LAST_SAFE_DAY))
    return int(moment.timestamp() * 1000)
