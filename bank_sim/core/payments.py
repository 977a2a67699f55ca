"""Transfers between customers of the bank.

    created ──execute──▶ executed      money moved, one entry in the books
       ├─────execute───▶ held          its risk is to be looked at first: ``reviewing`` has what follows
       ├─────execute───▶ rejected      its risk is too great, ``rejected_by`` the bank
       ├─────reject────▶ rejected      the payer declined
       └───────────────▶ expired       nobody executed it in time; follows from the clock, so no job must run

``executed``, ``rejected`` and ``expired`` are final. Whether the user consented and confirmed is settled before this
module is asked; it judges what a bank judges of any order: payee, accounts, limits, funds, and that money moves once.
How risky a payment is, whoever is handed in as ``weigh`` says, before anything is posted (JR/T 0185 10.2.3-1).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bank_sim.core import beijing, ledger, limits
from bank_sim.core.accounts import Account, account_of, require_usable
from bank_sim.core.guards import GUARDS, WHOLE, Proposed
from bank_sim.core.holds import place_hold
from bank_sim.core.payees import Payee
from bank_sim.corelink import Judgement
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import AMOUNT_FEN_MAX

_SELECT = """
SELECT t.transfer_id, t.app_id, t.order_no, t.customer_id, t.debtor_account_id, t.creditor_account_id,
    d.account_number, t.creditor_number, k.name_masked, t.amount_fen, t.purpose, t.state,
    t.created_at_ms, t.expires_at_ms, t.ended_at_ms, t.serial, t.rejected_by
FROM transfers t
JOIN accounts d ON d.account_id = t.debtor_account_id
JOIN accounts c ON c.account_id = t.creditor_account_id
JOIN customers k ON k.customer_id = c.customer_id
WHERE t.transfer_id = ?
"""


HOLD_REASON = "待核查 Under review"


@dataclass(frozen=True, slots=True)
class Order:
    """What an application orders for its user: the payee is another argument of whoever takes the order down."""

    app_id: str
    customer_id: str
    order_no: str
    debtor_account_id: str
    amount_fen: int
    purpose: str | None = None


class Transfer(NamedTuple):
    """One transfer as stored, joined with what names its parties. ``state_at`` tells whether it has expired."""

    transfer_id: str
    app_id: str
    order_no: str
    customer_id: str
    debtor_account_id: str
    creditor_account_id: str
    debtor_number: str
    creditor_number: str
    creditor_name_masked: str
    amount_fen: int
    purpose: str | None
    state: str
    created_at_ms: int
    expires_at_ms: int
    ended_at_ms: int | None
    serial: str | None
    rejected_by: Literal["payer", "bank"] | None

    def state_at(self, now_ms: int) -> str:
        return "expired" if self.state == "created" and now_ms >= self.expires_at_ms else self.state


Weigh = Callable[[Transfer, Account], Judgement]
"""Says how risky it is to post a transfer to its payee's account; what it writes down is undone with the rest."""


def transfer_of(db: sqlite3.Connection, transfer_id: str, app_id: str, customer_id: str | None) -> Transfer:
    """A transfer that this application ordered, and for this customer where one is named: RESOURCE_NOT_AUTHORIZED."""
    row = db.execute(_SELECT, (transfer_id,)).fetchone()
    transfer = Transfer(*row) if row else None
    if transfer is None or transfer.app_id != app_id or customer_id not in (None, transfer.customer_id):
        raise problems.RESOURCE_NOT_AUTHORIZED.problem(reason="no such transfer of this application and customer")
    return transfer


def create(
    db: sqlite3.Connection,
    policy: Policy,
    order: Order,
    payee: Payee,
    transfer_id: str,
    now_ms: int,
    moment: Literal["order", "standing"] = "order",
    weakened: frozenset[str] = WHOLE,
) -> Transfer:
    """Take an order down; no money moves.

    1. The amount is positive and fits the wire: AMOUNT_INVALID.
    2. Both accounts are usable and two: ACCOUNT_NOT_USABLE.
    3. The payer's limits leave room: DAILY_LIMIT_EXCEEDED, ACCOUNT_CLASS_LIMIT. Under an agreement (``standing``) it is
       no debit sent twice: DUPLICATE_BUSINESS_KEY.
    4. The application used this number for no other order: DUPLICATE_BUSINESS_KEY.

    Funds and the payee's limits are judged on execution only. Judged here they would tell an application, before any
    user confirmed anything, what stands on accounts that it may not look into.
    """
    if not 0 < order.amount_fen <= AMOUNT_FEN_MAX:
        raise problems.AMOUNT_INVALID.problem()
    payer = account_of(db, order.debtor_account_id)
    require_usable(payer)
    require_usable(payee.account)
    if payee.account.account_id == payer.account_id:
        raise problems.ACCOUNT_NOT_USABLE.problem("Payer's and payee's account are the same.")
    GUARDS.run(
        Proposed(db, policy, order.app_id, payer, payee.account, order.amount_fen, order.purpose, now_ms),
        moment,
        weakened,
    )
    written = db.execute(
        "INSERT INTO transfers (transfer_id, app_id, order_no, customer_id, debtor_account_id, creditor_account_id,"
        " creditor_number, amount_fen, purpose, created_at_ms, expires_at_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (app_id, order_no) DO NOTHING",
        (
            transfer_id,
            order.app_id,
            order.order_no,
            order.customer_id,
            payer.account_id,
            payee.account.account_id,
            payee.number,
            order.amount_fen,
            order.purpose,
            now_ms,
            now_ms + policy.transfer_expiry_s * 1000,
        ),
    )
    if written.rowcount != 1:
        raise problems.DUPLICATE_BUSINESS_KEY.problem()
    return transfer_of(db, transfer_id, order.app_id, order.customer_id)


def execute(
    db: sqlite3.Connection,
    policy: Policy,
    transfer: Transfer,
    amount_fen: int,
    now_ms: int,
    weigh: Weigh,
    weakened: frozenset[str] = WHOLE,
) -> Transfer:
    """Move the money of a transfer, once. Everything happens in the caller's write transaction, or nothing.

    1. The transfer is still open: TRANSFER_STATE, TRANSFER_EXPIRED, RISK_REJECTED.
    2. The amount is the one ordered: CONFIRMATION_MISMATCH.
    3. Both accounts are usable and within their limits: ACCOUNT_NOT_USABLE, ACCOUNT_CLASS_LIMIT, DAILY_LIMIT_EXCEEDED.
       The money is there: INSUFFICIENT_FUNDS.
    4. Its risk is weighed. Too great: it ends as rejected. To be looked at: its money is set aside, and it is held.
    5. One entry debits the payer and credits the payee. Its number makes the bank's serial.
    6. The transfer ends as executed, unless it ended meanwhile: TRANSFER_STATE.
    """
    _require_open(transfer, now_ms)
    if amount_fen != transfer.amount_fen:
        raise problems.CONFIRMATION_MISMATCH.problem("The amount is not the transfer's.")
    payer, payee = require_possible(db, policy, transfer, now_ms, weakened)
    judgement = weigh(transfer, payee)
    if judgement == "reject":
        return end(db, transfer, "rejected", now_ms, rejected_by="bank")
    if judgement == "hold":
        place_hold(db, hold_id(transfer), payer.account_id, amount_fen, HOLD_REASON, now_ms)
        return _move(db, transfer, "held")
    return post(db, policy, transfer, payer, payee, now_ms, weakened)


def require_possible(
    db: sqlite3.Connection, policy: Policy, transfer: Transfer, now_ms: int, weakened: frozenset[str] = WHOLE
) -> tuple[Account, Account]:
    """Payer and payee, whose accounts are usable and within their limits for this amount at this moment.

    INSUFFICIENT_FUNDS too: what cannot be paid at all is nobody's to judge. The books judge it again when they post.
    """
    payer, payee = account_of(db, transfer.debtor_account_id), account_of(db, transfer.creditor_account_id)
    require_usable(payer)
    require_usable(payee)
    amount_fen, set_aside_fen = transfer.amount_fen, transfer.amount_fen if transfer.state == "held" else 0
    limits.require_inflow(db, policy, payer, payee, amount_fen, now_ms)
    proposed = Proposed(db, policy, transfer.app_id, payer, payee, amount_fen, transfer.purpose, now_ms, set_aside_fen)
    GUARDS.run(proposed, "posting", weakened)
    return payer, payee


def post(
    db: sqlite3.Connection,
    policy: Policy,
    transfer: Transfer,
    payer: Account,
    payee: Account,
    now_ms: int,
    weakened: frozenset[str] = WHOLE,
) -> Transfer:
    """Into the books, and the transfer ends as executed: INSUFFICIENT_FUNDS, TRANSFER_STATE."""
    amount_fen = transfer.amount_fen
    entry_id = ledger.post(
        db,
        ledger.Entry("transfer", now_ms, transfer.purpose, transfer.transfer_id),
        [ledger.Line(payer.account_id, -amount_fen), ledger.Line(payee.account_id, amount_fen)],
        covered="covered_debit" not in weakened,
    )
    limits.count_transfer(db, policy, payer, payee, amount_fen, now_ms)
    return end(db, transfer, "executed", now_ms, serial=serial_of(entry_id, now_ms))


def reject(db: sqlite3.Connection, transfer: Transfer, now_ms: int) -> Transfer:
    """The payer declined: the transfer can never be executed. TRANSFER_STATE, TRANSFER_EXPIRED when it ended before."""
    _require_open(transfer, now_ms)
    return end(db, transfer, "rejected", now_ms, rejected_by="payer")


def serial_of(entry_id: int, posted_at_ms: int) -> str:
    """The bank's transaction serial number: Beijing day and number of the entry, ``20260131000000000042``."""
    return f"{beijing.day(posted_at_ms).replace('-', '')}{entry_id:012d}"


def hold_id(transfer: Transfer) -> str:
    """The name of the hold that keeps a held transfer's money."""
    return f"hold_{transfer.transfer_id}"


def _require_open(transfer: Transfer, now_ms: int) -> None:
    state = transfer.state_at(now_ms)
    if state == "expired":
        raise problems.TRANSFER_EXPIRED.problem()
    if transfer.rejected_by == "bank":
        raise problems.RISK_REJECTED.problem()
    if state != "created":
        raise problems.TRANSFER_STATE.problem(f"The transfer is {state}.")


def end(
    db: sqlite3.Connection,
    transfer: Transfer,
    state: str,
    now_ms: int,
    *,
    serial: str | None = None,
    rejected_by: Literal["payer", "bank"] | None = None,
) -> Transfer:
    """An end that is final. TRANSFER_STATE where the transfer has left the state that it is known in."""
    return _move(db, transfer, state, serial=serial, ended_at_ms=now_ms, rejected_by=rejected_by)


def _move(
    db: sqlite3.Connection,
    transfer: Transfer,
    state: str,
    serial: str | None = None,
    ended_at_ms: int | None = None,
    rejected_by: Literal["payer", "bank"] | None = None,
) -> Transfer:
    changed = db.execute(
        "UPDATE transfers SET state = ?, serial = ?, ended_at_ms = ?, rejected_by = ? WHERE transfer_id = ?"
        " AND state = ?",
        (state, serial, ended_at_ms, rejected_by, transfer.transfer_id, transfer.state),
    )
    if changed.rowcount != 1:
        raise problems.TRANSFER_STATE.problem()
    return transfer._replace(state=state, serial=serial, ended_at_ms=ended_at_ms, rejected_by=rejected_by)
