"""What a rule can ask about a payment, each answered by an index: what has been does not make the next one dearer.

Where many rows could count, only the newest are looked at: no rule asks for more. It reads and judges nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from bank_sim.corelink import ProposedPayment
from bank_sim.identity import KEY_KINDS
from bank_sim.risk.rules import Condition, Measure, Window

# China has one time zone and no daylight saving since 1991.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

_AGES = 10**9
"""An age in seconds beyond any bound: there is no such key, or it was not used."""

_LISTED = "SELECT 1 FROM risk_listed_accounts WHERE account_id = ? AND removed_ms IS NULL"
_PAID_BEFORE = (
    "SELECT 1 FROM risk_decisions d JOIN transfers t ON t.transfer_id = d.transfer_id"
    " WHERE d.customer_id = ? AND d.creditor_account_id = ? AND t.state = 'executed' LIMIT 1"
)
# Of a key that was removed since, too: it may be the very one that confirmed the payment.
_KEY_ADDED = (
    "SELECT max(added_s) FROM (SELECT added_s FROM factors WHERE customer_id = ?1 AND kind = ?2 AND active"
    " UNION ALL SELECT added_s FROM removed_factors WHERE customer_id = ?1 AND kind = ?2)"
)
# What counts towards the limits of the customer's accounts this day is what they paid to others; and what is held may
# leave yet: several payments that wait at once must not each be judged as if it were the day's only one.
_DAY_OUT = (
    "SELECT ifnull(sum(u.used_fen), 0) FROM accounts a JOIN transfer_usage u ON u.account_id = a.account_id"
    " WHERE a.customer_id = ? AND u.flow = 'out' AND u.period = ?"
)
_DAY_HELD = (
    "SELECT ifnull(sum(c.amount_fen), 0) FROM risk_cases c JOIN transfers t ON t.transfer_id = c.transfer_id"
    " WHERE c.customer_id = ? AND c.opened_ms >= ? AND c.ended_ms IS NULL AND t.state = 'held'"
)
_OUT = (
    "SELECT count(*), ifnull(sum(amount_fen), 0) FROM (SELECT amount_fen FROM risk_decisions WHERE customer_id = ?1"
    " AND at_ms >= ?2 AND amount_fen >= ?3 AND amount_fen < ?4 ORDER BY at_ms DESC LIMIT 1000)"
)
# Without what is less than a hundredth of this payment: cents that somebody sends along must not crowd out the rest.
_IN = (
    "SELECT count(DISTINCT d.customer_id), ifnull(sum(d.amount_fen), 0) FROM (SELECT transfer_id, customer_id,"
    " amount_fen FROM risk_decisions WHERE creditor_customer_id = ?1 AND at_ms >= ?2 ORDER BY at_ms DESC LIMIT 2000) d"
    " JOIN transfers t ON t.transfer_id = d.transfer_id WHERE t.state = 'executed' AND d.amount_fen * 100 >= ?3"
)
_CAME_BY_APP = (
    "SELECT d.customer_id, d.amount_fen, d.at_ms FROM (SELECT transfer_id, customer_id, amount_fen, at_ms, decision_id"
    " FROM risk_decisions WHERE creditor_customer_id = :payer AND at_ms >= :since_ms AND app_id = :app_id"
    " AND customer_id <> :payer ORDER BY at_ms DESC LIMIT 200) d JOIN transfers t ON t.transfer_id = d.transfer_id"
    " WHERE t.state = 'executed' ORDER BY d.decision_id"
)
_WENT_BY_APP = (
    "SELECT d.creditor_customer_id, d.amount_fen, d.at_ms FROM (SELECT * FROM risk_decisions WHERE"
    " customer_id = :payer AND at_ms >= :since_ms AND app_id = :app_id AND creditor_customer_id <> :payer"
    " ORDER BY at_ms DESC LIMIT 200) d JOIN transfers t ON t.transfer_id = d.transfer_id"
    " WHERE t.state IN ('executed', 'held') ORDER BY d.decision_id"
)
# Ours: what somebody in the middle keeps of the money that they pass on is a twentieth at most.
_FEE_LEAVES_PERCENT = 95


def measure(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    """The value that a condition asks for; of what is counted, this payment is a part."""
    return _MEASURES[asked.measure](db, payment, asked)


def day_of(at_ms: int) -> str:
    """The Beijing calendar day, ``2026-01-31``."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING).date().isoformat()


def _amount(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    return payment.amount_fen


def _hour(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    return datetime.fromtimestamp(payment.at_ms / 1000, BEIJING).hour


def _payee_listed(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    return int(db.execute(_LISTED, (payment.creditor_account_id,)).fetchone() is not None)


def _payer_listed(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    return int(db.execute(_LISTED, (payment.debtor_account_id,)).fetchone() is not None)


def _payee_paid_before(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    key = (payment.customer_id, payment.creditor_account_id)
    return int(db.execute(_PAID_BEFORE, key).fetchone() is not None)


def _key_age_s(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    """How long the payer has had the newest key of the kind that confirmed the payment."""
    kind = next((each for each in payment.factors if each in KEY_KINDS), None)
    added_s = db.execute(_KEY_ADDED, (payment.customer_id, kind)).fetchone()[0] if kind else None
    return _AGES if added_s is None else payment.at_ms // 1000 - int(added_s)


def _day_out_fen(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    counted = db.execute(_DAY_OUT, (payment.customer_id, day_of(payment.at_ms))).fetchone()[0]
    held = db.execute(_DAY_HELD, (payment.customer_id, _since_ms(payment, "day"))).fetchone()[0]
    return int(counted) + int(held) + payment.amount_fen


def _alike(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    least, beyond = asked.band or (0, 0)
    return 1 + _out(db, payment, asked, least, beyond)[0]


def _payments_out(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    return 1 + _out(db, payment, asked)[0]


def _paid_out_fen(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    return payment.amount_fen + _out(db, payment, asked)[1]


def _payers_in(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    return _in(db, payment, asked)[0]


def _passed_on_percent(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    """This payment as a share of what came in; beyond any bound where nothing did."""
    came_fen = _in(db, payment, asked)[1]
    return payment.amount_fen * 100 // came_fen if came_fen else _AGES


def _passed_through(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> int:
    """How many people's money has gone on, in like amounts, from the payer to others through the same application.

    Each payment out is held against one earlier payment in that was hardly more. 0 where this one passes nothing on.
    """
    window = {"payer": payment.customer_id, "since_ms": _since_ms(payment, asked.within), "app_id": payment.app_id}
    came = [_Leg(*each) for each in db.execute(_CAME_BY_APP, window).fetchall()]
    if not came:
        return 0
    payees: dict[str, str] = {}
    for out in [_Leg(*each) for each in db.execute(_WENT_BY_APP, window).fetchall()]:
        _match(out, came, payees)
    this = _Leg(payment.creditor_customer_id, payment.amount_fen, payment.at_ms)
    return min(len(payees), len(set(payees.values()))) if _match(this, came, payees) else 0


def _match(out: _Leg, came: list[_Leg], payees: dict[str, str]) -> bool:
    """Whether a payment in was left that this one passes on; it is used up, and its payer has this payee.

    What goes back to where it came from is passed on to nobody, and used up likewise.
    """
    before = [each for each in came if each.at_ms <= out.at_ms]
    back = next((each for each in before if each.other == out.other and each.amount_fen >= out.amount_fen), None)
    source = back or next((each for each in before if each.is_passed_on_by(out)), None)
    if source is None:
        return False
    came.remove(source)
    if back is None:
        payees[source.other] = out.other
    return back is None


class _Leg(NamedTuple):
    """One payment through an application, as the account in the middle has it: with whom, how much, when."""

    other: str
    amount_fen: int
    at_ms: int

    def is_passed_on_by(self, out: _Leg) -> bool:
        """The other one is a little less at most: what is kept of it is a fee."""
        return self.amount_fen * _FEE_LEAVES_PERCENT <= out.amount_fen * 100 <= self.amount_fen * 100


def _out(
    db: sqlite3.Connection, payment: ProposedPayment, asked: Condition, least_fen: int = 0, beyond_fen: int = 2**62
) -> tuple[int, int]:
    row = db.execute(_OUT, (payment.customer_id, _since_ms(payment, asked.within), least_fen, beyond_fen)).fetchone()
    return int(row[0]), int(row[1])


def _in(db: sqlite3.Connection, payment: ProposedPayment, asked: Condition) -> tuple[int, int]:
    since_ms = _since_ms(payment, asked.within)
    row = db.execute(_IN, (payment.customer_id, since_ms, payment.amount_fen)).fetchone()
    return int(row[0]), int(row[1])


def _since_ms(payment: ProposedPayment, within: Window | None) -> int:
    if isinstance(within, int):
        return payment.at_ms - within * 1000
    day = datetime.fromtimestamp(payment.at_ms / 1000, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp() * 1000)


_MEASURES: dict[Measure, Callable[[sqlite3.Connection, ProposedPayment, Condition], int]] = {
    "amount_fen": _amount,
    "hour": _hour,
    "payee_listed": _payee_listed,
    "payer_listed": _payer_listed,
    "payee_paid_before": _payee_paid_before,
    "key_age_s": _key_age_s,
    "day_out_fen": _day_out_fen,
    "alike": _alike,
    "payments_out": _payments_out,
    "paid_out_fen": _paid_out_fen,
    "payers_in": _payers_in,
    "passed_on_percent": _passed_on_percent,
    "passed_through": _passed_through,
}
