"""To the bank and back: linking accounts, the callback of every authorization, unlinking.

The callback believes nothing before ``state`` matches the session and ``iss`` the bank (RFC 9207).
"""

from __future__ import annotations

from flask import Flask, g, redirect, request, url_for
from werkzeug import Response

from app_sim.bank import Problem
from app_sim.flows import Flow
from app_sim.pages import visit
from app_sim.sessions import User
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.post("/link")
    def link() -> Response:
        user = visit.user()
        state, pkce = wallet.flows.leave(g.session, user.user_id, None)
        address = wallet.bank.ask_for_accounts(state, pkce)
        wallet.note_authorization(user.user_id, "asked", None)
        return redirect(address, 303)

    @app.get("/callback")
    def callback() -> Response:
        user = visit.user()
        try:
            flow = wallet.flows.come_back(g.session, user.user_id, request.args.get("state"))
        except Problem as problem:
            wallet.note_authorization(user.user_id, "refused", None, problem)
            raise
        if flow.order_no is not None:
            return _confirmed(wallet, user, flow, flow.order_no)
        return _linked(wallet, user, flow)

    @app.post("/unlink")
    def unlink() -> Response:
        wallet.links.unlink(visit.user().user_id)
        return redirect(url_for("home"), 303)


def _linked(wallet: Wallet, user: User, flow: Flow) -> Response:
    try:
        tokens = wallet.bank.tokens_of_return(request.args, flow.pkce)
    except Problem as problem:
        wallet.note_authorization(user.user_id, "refused", None, problem)
        raise
    wallet.links.link(user.user_id, tokens)
    return redirect(url_for("accounts"), 303)


def _confirmed(wallet: Wallet, user: User, flow: Flow, order_no: str) -> Response:
    """The user has confirmed a payment, or declined: execute it, or end it. The payment's page tells the outcome."""
    payment = wallet.payments.book.payment(user.user_id, order_no)
    try:
        tokens = wallet.bank.tokens_of_return(request.args, flow.pkce)
    except Problem as problem:
        wallet.note_authorization(user.user_id, "refused", order_no, problem)
        wallet.payments.reject(payment, problem)
        return redirect(url_for("payment", order_no=order_no), 303)
    wallet.note_authorization(user.user_id, "confirmed", order_no)
    wallet.payments.authorise(payment, tokens)
    wallet.payments.execute(wallet.payments.book.payment(user.user_id, order_no))
    return redirect(url_for("payment", order_no=order_no), 303)
