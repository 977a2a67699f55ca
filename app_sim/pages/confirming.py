"""What follows once the user has confirmed a payment at the bank, wherever its form was shown."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, url_for
from werkzeug import Response

from app_sim.bank import Problem, Tokens
from app_sim.orderbook import Payment
from app_sim.wallet import Wallet


def confirmed(wallet: Wallet, payment: Payment, tokens_of_bank: Callable[[], Tokens]) -> Response:
    """Execute the payment, or end it where the user or the bank said no. The payment's page tells the outcome."""
    page = redirect(url_for("payment", order_no=payment.order_no), 303)
    try:
        tokens = tokens_of_bank()
    except Problem as problem:
        wallet.note_authorization(payment.user_id, "refused", payment.order_no, problem)
        wallet.payments.reject(payment, problem)
        return page
    wallet.note_authorization(payment.user_id, "confirmed", payment.order_no)
    wallet.payments.authorise(payment, tokens)
    wallet.payments.execute(wallet.payments.book.payment(payment.user_id, payment.order_no))
    return page
