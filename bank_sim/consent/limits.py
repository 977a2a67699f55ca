"""The running totals of a standing payment: what was taken in all and in each period, claimed exactly (10.2.2).

A claim is one conditional statement each, inside the write transaction that moves the money: of two payments at the
same moment the second sees what the first took. Must not know of HTTP, nor judge who pays whom.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlite_utils import Database

from bank_sim.consent.model import PaymentTerms, Period
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS consent_usage (
  consent_id TEXT NOT NULL, period TEXT NOT NULL, used_fen INTEGER NOT NULL, PRIMARY KEY (consent_id, period)
) WITHOUT ROWID;
"""

# China has one time zone and no daylight saving since 1991.
_BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
_FORMS: dict[Period, str] = {"day": "%Y-%m-%d", "month": "%Y-%m"}


def period_of(period: Period, now_s: float) -> str:
    """The calendar day or month of Beijing, ``2026-01-31`` or ``2026-01``."""
    return datetime.fromtimestamp(now_s, _BEIJING).strftime(_FORMS[period])


def claim_period(db: Database, consent_id: str, terms: PaymentTerms, amount_fen: int, now_s: float) -> None:
    """Add to what this period has taken: CONSENT_LIMIT_EXCEEDED where that would be more than was agreed."""
    if terms.period is None or terms.per_period_fen is None:
        return
    if amount_fen > terms.per_period_fen:
        raise problems.CONSENT_LIMIT_EXCEEDED.problem()
    claimed = db.execute(
        "INSERT INTO consent_usage (consent_id, period, used_fen) VALUES (?1, ?2, ?3)"
        " ON CONFLICT DO UPDATE SET used_fen = used_fen + ?3 WHERE used_fen + ?3 <= ?4",
        (consent_id, period_of(terms.period, now_s), amount_fen, terms.per_period_fen),
    )
    if claimed.rowcount != 1:
        raise problems.CONSENT_LIMIT_EXCEEDED.problem()


def give_back_period(db: Database, consent_id: str, terms: PaymentTerms, amount_fen: int, claimed_at_s: float) -> None:
    """Take back what a payment had claimed of the period that it fell into."""
    if terms.period is not None and terms.per_period_fen is not None:
        db.execute(
            "UPDATE consent_usage SET used_fen = max(0, used_fen - ?) WHERE consent_id = ? AND period = ?",
            (amount_fen, consent_id, period_of(terms.period, claimed_at_s)),
        )


def used_in_period(store: Store, consent_id: str, terms: PaymentTerms, now_s: float) -> int:
    """What the period that runs now has taken, in fen."""
    if terms.period is None:
        return 0
    rows = store.read(
        "SELECT used_fen FROM consent_usage WHERE consent_id = ? AND period = ?",
        (consent_id, period_of(terms.period, now_s)),
    )
    return int(rows[0][0]) if rows else 0
