"""The operations on transfers: order, execute, look up, what the pages of a payment need, and the bank's review.

A transfer is found by its id under the application that ordered it and, where the call has one, under its customer.
Answers are fresh dicts in the units of the inside (``_fen``, ``_ms``), masked; absent values are left out.
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable

from bank_sim.core import payments, reviewing
from bank_sim.core.accounts import Account
from bank_sim.core.payees import payee_of, payee_with
from bank_sim.core.payments import Order, Transfer, Weigh, transfer_of
from bank_sim.corelink import Judge, Judgement, OperationRequest, ProposedPayment, Result
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.masking import mask_account

RandomBytes = Callable[[int], bytes]
Weakened = Callable[[], frozenset[str]]
"""The guards that a training leaves out at this moment."""


def create_transfer(
    policy: Policy, random_bytes: RandomBytes, weakened: Weakened, db: sqlite3.Connection, request: OperationRequest
) -> Result:
    """customer_id, account_id (payer), body ``order_no``, ``amount_fen``, ``currency``, ``creditor_account``,
    ``creditor_name``, ``purpose``? -> the transfer, created.
    """
    if request.body["currency"] != "CNY":
        raise problems.PARAM_INVALID.problem("currency is CNY.")
    order = _order(request)
    payee = payee_of(db, request.body["creditor_account"], request.body["creditor_name"])
    transfer_id = _transfer_id(random_bytes)
    created = payments.create(db, policy, order, payee, transfer_id, request.now_ms, weakened=weakened())
    return _answer(created, request.now_ms)


def create_debit(
    policy: Policy,
    random_bytes: RandomBytes,
    judge: Judge,
    weakened: Weakened,
    db: sqlite3.Connection,
    request: OperationRequest,
) -> Result:
    """customer_id, account_id (payer), body ``order_no``, ``amount_fen``, ``currency``, ``creditor_account_id``,
    ``purpose``? -> the transfer, executed: a debit under an agreement, whose payee the bank has on record.
    """
    if request.body["currency"] != "CNY":
        raise problems.PARAM_INVALID.problem("currency is CNY.")
    order = _order(request)
    payee = payee_with(db, request.body["creditor_account_id"])
    left_out, transfer_id = weakened(), _transfer_id(random_bytes)
    created = payments.create(db, policy, order, payee, transfer_id, request.now_ms, "standing", left_out)
    weigh = _weighing(judge, db, request)
    executed = payments.execute(db, policy, created, created.amount_fen, request.now_ms, weigh, left_out)
    return _answer(executed, request.now_ms)


def execute_transfer(
    policy: Policy, judge: Judge, weakened: Weakened, db: sqlite3.Connection, request: OperationRequest
) -> Result:
    """params ``transfer_id``, body ``amount_fen`` -> the transfer, executed, with ``serial`` and ``executed_at_ms``;
    or held, or rejected by the bank, where its risk says so.
    """
    transfer, amount_fen = _transfer(db, request), request.body["amount_fen"]
    weigh = _weighing(judge, db, request)
    executed = payments.execute(db, policy, transfer, amount_fen, request.now_ms, weigh, weakened())
    return _answer(executed, request.now_ms)


def get_transfer(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """params ``transfer_id`` -> the transfer as it stands."""
    return _answer(_transfer(db, request), request.now_ms)


def describe_transfer(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """For the bank's pages, codes and consents. params ``transfer_id`` -> the transfer as answered to applications, and
    with what never leaves the bank: ``customer_id``, ``debtor_account_id`` and ``creditor_account_id``.
    """
    transfer = _transfer(db, request)
    return _answer(transfer, request.now_ms) | {
        "customer_id": transfer.customer_id,
        "debtor_account_id": transfer.debtor_account_id,
        "creditor_account_id": transfer.creditor_account_id,
    }


def reject_transfer(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """For the bank's pages: the payer declines. params ``transfer_id`` -> the transfer, rejected."""
    return _answer(payments.reject(db, _transfer(db, request), request.now_ms), request.now_ms)


def release_transfer(policy: Policy, db: sqlite3.Connection, request: OperationRequest) -> Result:
    """For the bank's staff. params ``transfer_id`` of a held transfer -> the transfer, executed."""
    return _answer(reviewing.release(db, policy, _transfer(db, request), request.now_ms), request.now_ms)


def refuse_transfer(db: sqlite3.Connection, request: OperationRequest) -> Result:
    """For the bank's staff. params ``transfer_id`` of a held transfer -> the transfer, rejected."""
    return _answer(reviewing.refuse(db, _transfer(db, request), request.now_ms), request.now_ms)


def _weighing(judge: Judge, db: sqlite3.Connection, request: OperationRequest) -> Weigh:
    """The judge asked about a transfer as this request brings it."""

    def weigh(transfer: Transfer, payee: Account) -> Judgement:
        proposed = ProposedPayment(
            transfer_id=transfer.transfer_id,
            app_id=transfer.app_id,
            customer_id=transfer.customer_id,
            debtor_account_id=transfer.debtor_account_id,
            creditor_account_id=transfer.creditor_account_id,
            creditor_customer_id=payee.customer_id,
            amount_fen=transfer.amount_fen,
            at_ms=request.now_ms,
            factors=request.factors,
            standing=request.standing,
            consent_id=request.consent_id,
        )
        return judge(db, proposed)

    return weigh


def _order(request: OperationRequest) -> Order:
    if request.customer_id is None or request.account_id is None:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem(reason="the call names no customer and account")
    return Order(
        app_id=request.app_id,
        customer_id=request.customer_id,
        order_no=request.body["order_no"],
        debtor_account_id=request.account_id,
        amount_fen=request.body["amount_fen"],
        purpose=request.body.get("purpose"),
    )


def _transfer_id(random_bytes: RandomBytes) -> str:
    return "tr_" + base64.b32encode(random_bytes(20)).decode().lower()


def _transfer(db: sqlite3.Connection, request: OperationRequest) -> Transfer:
    return transfer_of(db, request.params["transfer_id"], request.app_id, request.customer_id)


def _answer(transfer: Transfer, now_ms: int) -> Result:
    answer = {
        "transfer_id": transfer.transfer_id,
        "order_no": transfer.order_no,
        "state": transfer.state_at(now_ms),
        "amount_fen": transfer.amount_fen,
        "currency": "CNY",
        "debtor_account_masked": mask_account(transfer.debtor_number),
        "creditor_account_masked": mask_account(transfer.creditor_number),
        "creditor_name_masked": transfer.creditor_name_masked,
        "purpose": transfer.purpose,
        "created_at_ms": transfer.created_at_ms,
        "expires_at_ms": transfer.expires_at_ms,
        "serial": transfer.serial,
        "executed_at_ms": transfer.ended_at_ms if transfer.state == "executed" else None,
        "rejected_by": transfer.rejected_by,
    }
    return {name: value for name, value in answer.items() if value is not None}
