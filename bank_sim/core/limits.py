"""How much may leave and reach an account by transfer, by its class, in a Beijing calendar day and year.

PBC notices Yinfa [2016] 302 and [2018] 16: payments between a class II or III account and any account that it is not
bound to are limited by day and year, in either direction and by the same amounts; a class III account never holds more
than a fixed balance. Class I has the bank's own daily limit. The amounts are settings of ``config.Policy``.
"""

from __future__ import annotations

import sqlite3
from typing import Literal, NamedTuple

from bank_sim.core import beijing
from bank_sim.core.accounts import Account
from bank_sim.core.ledger import balance_of
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems

Flow = Literal["out", "in"]


class Usage(NamedTuple):
    """One limit of an account as it stands: ``period`` is ``2026-01-31`` for the day or ``2026`` for the year."""

    period: str
    limit_fen: int
    used_fen: int

    @property
    def is_of_the_day(self) -> bool:
        return "-" in self.period


def usages(db: sqlite3.Connection, policy: Policy, account: Account, flow: Flow, now_ms: int) -> list[Usage]:
    """Every limit of an account in one direction, the day's first. Empty where none applies."""
    limits = _limits(policy, account, flow, now_ms)
    return [Usage(period, limit, _used_fen(db, account.account_id, flow, period)) for period, limit in limits]


def require_inflow(
    db: sqlite3.Connection, policy: Policy, payer: Account, payee: Account, amount_fen: int, now_ms: int
) -> None:
    """ACCOUNT_NOT_USABLE when the payee's account cannot take the amount. Why is the payee's affair alone."""
    if payee.account_class == "III":
        balance_fen = balance_of(db, payee.account_id).ledger_fen
        if balance_fen + amount_fen > policy.class_iii_balance_fen_max:
            raise problems.ACCOUNT_NOT_USABLE.problem(reason="payee's balance limit of class III")
    if is_free(payer, payee, "in"):
        return
    for usage in usages(db, policy, payee, "in", now_ms):
        if usage.used_fen + amount_fen > usage.limit_fen:
            raise problems.ACCOUNT_NOT_USABLE.problem(reason=f"payee's limit of {usage.period}")


def count_transfer(
    db: sqlite3.Connection, policy: Policy, payer: Account, payee: Account, amount_fen: int, now_ms: int
) -> None:
    """Count an executed transfer towards the limits of both accounts."""
    flows: tuple[tuple[Account, Flow], ...] = ((payer, "out"), (payee, "in"))
    for account, flow in flows:
        if is_free(payer, payee, flow):
            continue
        for period, _ in _limits(policy, account, flow, now_ms):
            db.execute(
                "INSERT INTO transfer_usage (account_id, flow, period, used_fen) VALUES (?,?,?,?)"
                " ON CONFLICT DO UPDATE SET used_fen = used_fen + excluded.used_fen",
                (account.account_id, flow, period, amount_fen),
            )


def is_free(payer: Account, payee: Account, flow: Flow) -> bool:
    """Whether a transfer escapes the limits of the payer (``out``) or of the payee (``in``).

    Class I pays the same person's other accounts freely; classes II and III only the account they are bound to.
    """
    limited, other = (payer, payee) if flow == "out" else (payee, payer)
    if limited.account_class == "I":
        return limited.customer_id == other.customer_id
    return limited.bound_account_id == other.account_id


def _limits(policy: Policy, account: Account, flow: Flow, now_ms: int) -> list[tuple[str, int]]:
    day, year = beijing.day(now_ms), beijing.year(now_ms)
    if account.account_class == "II":
        return [(day, policy.class_ii_day_fen_max), (year, policy.class_ii_year_fen_max)]
    if account.account_class == "III":
        return [(day, policy.class_iii_day_fen_max), (year, policy.class_iii_year_fen_max)]
    return [(day, policy.class_i_day_fen_max)] if flow == "out" else []


def _used_fen(db: sqlite3.Connection, account_id: str, flow: Flow, period: str) -> int:
    row = db.execute(
        "SELECT used_fen FROM transfer_usage WHERE account_id = ? AND flow = ? AND period = ?",
        (account_id, flow, period),
    ).fetchone()
    return row[0] if row else 0
