"""Confirming a payment without leaving the wallet: the bank's keypad in a frame, and the way of what it seals.

The page believes messages of the bank's frame alone, and hands on what they bring without a look inside. Its policy
is the only one that allows a frame, from the bank's origin, and a script, which does nothing else.
"""

from __future__ import annotations

from flask import Flask, g, redirect, render_template, request, url_for
from flask.wrappers import Response as PageResponse
from werkzeug import Response

from app_sim.bank import EmbeddedStep, Problem, problems
from app_sim.embedding import OpenForm
from app_sim.orderbook import Payment
from app_sim.pages import visit
from app_sim.pages.confirming import confirmed
from app_sim.pages.refusals import refusal
from app_sim.sessions import session_id
from app_sim.wallet import Wallet

_STAYS_OPEN = frozenset(
    {
        "LOGIN_FAILED", "OTP_INVALID", "OTP_TOO_FREQUENT", "KEYPAD_INVALID", "NOTICE_REQUIRED", "CONSENT_REQUIRED",
        "SERVICE_UNAVAILABLE", "APPROVAL_PENDING", "APPROVAL_DECLINED", "APPROVAL_EXPIRED", "APPROVAL_TOO_FREQUENT",
        "STEP_UP_REQUIRED",
    }
)  # fmt: skip
"""Refusals after which the user may try again in the same frame."""


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/payments/<order_no>/here")
    def here(order_no: str) -> PageResponse | Response:
        payment = wallet.payments.book.payment(visit.user().user_id, order_no)
        form = wallet.open_forms.of(payment, session_id(g.session))
        if form is None or payment.state != "created":
            return redirect(url_for("payment", order_no=order_no), 303)
        return _page(payment, form, None)

    @app.post("/payments/<order_no>/open-here")
    def open_here(order_no: str) -> Response:
        """Once more for an order that the user has not confirmed yet."""
        payment = wallet.payments.book.payment(visit.user().user_id, order_no)
        if payment.state != "created" or payment.transfer_id is None:
            return redirect(url_for("payment", order_no=order_no), 303)
        return on_this_page(wallet, payment)

    @app.post("/payments/<order_no>/here")
    def relay(order_no: str) -> PageResponse | Response:
        payment = wallet.payments.book.payment(visit.user().user_id, order_no)
        form = wallet.open_forms.of(payment, session_id(g.session))
        if form is None:
            raise problems.SESSION_EXPIRED.problem("The form is over; open it again.")
        try:
            step = _handed_over(wallet, form)
        except Problem as problem:
            if problem.code in _STAYS_OPEN:
                return _page(payment, form, problem)
            wallet.open_forms.close(payment)
            wallet.note_authorization(payment.user_id, "refused", order_no, problem)
            raise
        if step.code is None:
            wallet.open_forms.advance(payment)
            return redirect(url_for("here", order_no=order_no), 303)
        wallet.open_forms.close(payment)
        flow = wallet.flows.come_back(g.session, payment.user_id, step.state)
        code = step.code
        return confirmed(wallet, payment, lambda: wallet.bank.tokens_of_code(code, flow.pkce))


def on_this_page(wallet: Wallet, payment: Payment) -> Response:
    """Open the bank's form for an order; it ends here when the bank will not open one."""
    state, pkce = wallet.flows.leave(g.session, payment.user_id, payment.order_no)
    try:
        form = wallet.bank.open_form(str(payment.transfer_id), state, pkce, g.lang)
    except Problem as problem:
        wallet.payments.reject(payment, problem)
        raise
    wallet.note_authorization(payment.user_id, "asked", payment.order_no)
    wallet.open_forms.keep(payment, session_id(g.session), form)
    return redirect(url_for("here", order_no=payment.order_no), 303)


def _handed_over(wallet: Wallet, form: OpenForm) -> EmbeddedStep:
    if "again" in request.form:
        return wallet.bank.send_code_again(form.bank.session, g.lang)
    return wallet.bank.hand_over(form.bank.session, request.form.get("sealed", ""))


def _page(payment: Payment, form: OpenForm, problem: Problem | None) -> PageResponse:
    g.frame_origin = form.bank.frame_origin
    page = render_template(
        "here.html",
        payment=payment,
        form=form.bank,
        code_sent=form.code_sent,
        refusal=refusal(problem) if problem else None,
    )
    return PageResponse(page, problem.kind.status if problem else 200)
