"""One payment's page: what is known of it, and what its user can still do about it.

A result that is not definite is asked for while the page is made, so that looking again is asking again.
"""

from __future__ import annotations

from flask import Flask, redirect, render_template, url_for
from werkzeug import Response

from app_sim.bank import Problem
from app_sim.orderbook import Payment
from app_sim.pages import visit
from app_sim.pages.paying import to_the_bank
from app_sim.pages.refusals import refusal, why
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/payments/<order_no>")
    def payment(order_no: str) -> str:
        return _page(wallet, _own(wallet, order_no))

    @app.post("/payments/<order_no>/confirm")
    def confirm(order_no: str) -> Response:
        """Once more to the bank with an order that the user has not confirmed yet."""
        found = _own(wallet, order_no)
        if found.state != "created" or found.transfer_id is None:
            return redirect(url_for("payment", order_no=order_no), 303)
        return to_the_bank(wallet, found)

    @app.post("/payments/<order_no>/execute")
    def execute(order_no: str) -> Response:
        wallet.payments.execute(_own(wallet, order_no))
        return redirect(url_for("payment", order_no=order_no), 303)


def _own(wallet: Wallet, order_no: str) -> Payment:
    return wallet.payments.book.payment(visit.user().user_id, order_no)


def _page(wallet: Wallet, payment: Payment) -> str:
    unanswered = None
    if payment.state in ("authorised", "executing", "unknown", "held"):
        try:
            wallet.payments.settle(payment)
        except Problem as problem:
            unanswered = refusal(problem)
        payment = wallet.payments.book.payment(payment.user_id, payment.order_no)
    linked = wallet.links.is_linked(payment.user_id)
    reason = why(payment.code) if payment.state == "rejected" else None
    return render_template("payment.html", payment=payment, reason=reason, unanswered=unanswered, linked=linked)
