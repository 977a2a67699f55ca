"""What a bank holds every order of money to, whoever brings it, as a table: rows in order (JR/T 0185 10.2.2, 10.2.3).

    order      an application lays an order before the bank; no money moves yet
    standing   the same without the payer, under an agreement
    posting    the money is about to move, with the write lock held

Columns are these moments. A row stands for one rule however often it is asked; a weakened core is this table with rows
left out. Who may order at all, and how risky it is, is not judged here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cached_property

from bank_sim.core import ledger, limits
from bank_sim.core.accounts import Account
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row

WHOLE: frozenset[str] = frozenset()

_ALIKE = (
    "SELECT 1 FROM transfers WHERE debtor_account_id = ?1 AND created_at_ms > ?2 AND app_id = ?3"
    " AND creditor_account_id = ?4 AND amount_fen = ?5 AND purpose IS ?6 AND state IN ('executed', 'held') LIMIT 1"
)


@dataclass
class Proposed:
    """Money on its way from payer to payee. ``set_aside_fen``: what of it is held for this very payment already."""

    db: sqlite3.Connection
    policy: Policy
    app_id: str
    payer: Account
    payee: Account
    amount_fen: int
    purpose: str | None
    now_ms: int
    set_aside_fen: int = 0

    @cached_property
    def usages(self) -> list[limits.Usage]:
        """The limits of the payer's account that it counts towards."""
        if limits.is_free(self.payer, self.payee, "out"):
            return []
        return limits.usages(self.db, self.policy, self.payer, "out", self.now_ms)


def is_within_the_day(case: Proposed) -> None:
    """DAILY_LIMIT_EXCEEDED: what this customer's account has paid today, through all applications, leaves no room."""
    for usage in case.usages:
        if usage.is_of_the_day and usage.used_fen + case.amount_fen > usage.limit_fen >= case.amount_fen:
            raise problems.DAILY_LIMIT_EXCEEDED.problem()


def is_within_the_class(case: Proposed) -> None:
    """ACCOUNT_CLASS_LIMIT: no day allows the amount, or this year does not."""
    for usage in case.usages:
        used_fen = 0 if usage.is_of_the_day else usage.used_fen
        if used_fen + case.amount_fen > usage.limit_fen:
            raise problems.ACCOUNT_CLASS_LIMIT.problem()


def is_no_repetition(case: Proposed) -> None:
    """DUPLICATE_BUSINESS_KEY: payer, payee, amount and purpose are those of a debit that was ordered a moment ago."""
    since_ms = case.now_ms - case.policy.debit_repeat_s * 1000
    alike = (
        case.payer.account_id, since_ms, case.app_id, case.payee.account_id, case.amount_fen, case.purpose,
    )  # fmt: skip
    if case.db.execute(_ALIKE, alike).fetchone() is not None:
        raise problems.DUPLICATE_BUSINESS_KEY.problem(
            "A debit like this one was taken a moment ago: find out what became of it before ordering another."
        )


def is_covered(case: Proposed) -> None:
    """INSUFFICIENT_FUNDS: what may be spent is less. The books judge it again, in the statement that takes it."""
    available_fen = ledger.balance_of(case.db, case.payer.account_id).available_fen
    if available_fen + case.set_aside_fen < case.amount_fen:
        raise problems.INSUFFICIENT_FUNDS.problem()


GUARDS: CheckTable[Proposed] = CheckTable(
    [
        row("repeated_debit", is_no_repetition, "standing", "9.3.3-1.2 10.1.2-1.3.2"),
        row("daily_limits", is_within_the_day, "order standing posting", "10.2.3-2 10.2.1-3.2"),
        row("account_class", is_within_the_class, "order standing posting", "10.2.3-2 10.2.1-3.2"),
        row("covered_debit", is_covered, "posting", "10.2.2-2.1"),
    ]
)

DEFENCES = frozenset(each.name for each in GUARDS.rows)
"""The rows that a training run may leave out."""
