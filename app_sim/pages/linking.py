"""To the bank and back: linking accounts, the callback of every authorization, unlinking.

The callback believes nothing before ``state`` matches the session and ``iss`` the bank (RFC 9207).
"""

from __future__ import annotations

from flask import Flask, g, redirect, request, url_for
from werkzeug import Response

from app_sim.agreements import AGREEMENT
from app_sim.bank import Problem
from app_sim.flows import Flow
from app_sim.pages import visit
from app_sim.pages.confirming import confirmed
from app_sim.pages.recurring import agreed
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
        if flow.order_no is not None and flow.order_no.startswith(AGREEMENT):
            return agreed(wallet, flow, flow.order_no)
        if flow.order_no is not None:
            payment = wallet.payments.book.payment(user.user_id, flow.order_no)
            return confirmed(wallet, payment, lambda: wallet.bank.tokens_of_return(request.args, flow.pkce))
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
