"""Payments that recur: set up once at the bank, taken on time by the wallet, listed here, and ended at any time.

The payee is read from the form, sealed to the bank, and dropped, as with a single payment.
"""

from __future__ import annotations

from flask import Flask, g, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.bank import AgreementTerms, Problem, problems
from app_sim.flows import Flow
from app_sim.pages import visit
from app_sim.pages.aids import payees
from app_sim.pages.paying import amount_fen, read_payee
from app_sim.pages.refusals import refusal
from app_sim.wallet import Wallet

_TIMES_MAX = 60
_PERIOD_S = {"day": 86_400, "month": 31 * 86_400}


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/recurring")
    def recurring() -> str:
        return _page(wallet, None)

    @app.post("/recurring")
    def agree() -> Response | tuple[str, int]:
        user = visit.user()
        try:
            return redirect(_asked_at_the_bank(wallet, user.user_id), 303)
        except Problem as problem:
            return _page(wallet, problem), problem.kind.status

    @app.post("/recurring/run")
    def run_due() -> Response:
        visit.user()
        wallet.debits.run_due()
        return redirect(url_for("recurring"), 303)

    @app.post("/recurring/<agreement_id>/end")
    def end_recurring(agreement_id: str) -> Response:
        wallet.agreements.cancel(visit.user().user_id, agreement_id)
        return redirect(url_for("recurring"), 303)


def agreed(wallet: Wallet, flow: Flow, agreement_id: str) -> Response:
    """The user came back from the bank: take the tokens and pay for the first time, or let the agreement go."""
    try:
        tokens = wallet.bank.tokens_of_return(request.args, flow.pkce)
    except Problem as problem:
        wallet.agreements.give_up(agreement_id, problem)
        raise
    wallet.agreements.activate(agreement_id, tokens)
    wallet.debits.run_due()
    return redirect(url_for("recurring"), 303)


def _asked_at_the_bank(wallet: Wallet, user_id: str) -> str:
    """The address where the user agrees to what the form says."""
    terms, payee = _read_terms(wallet), read_payee()
    agreement_id = wallet.agreements.ask(user_id, terms.amount_fen, terms.period, int(terms.valid_to_s * 1000))
    state, pkce = wallet.flows.leave(g.session, user_id, agreement_id)
    try:
        address = wallet.bank.ask_for_agreement(terms, payee, state, pkce)
    except Problem as problem:
        wallet.agreements.give_up(agreement_id, problem)
        raise
    wallet.note_authorization(user_id, "asked", agreement_id)
    return address


def _read_terms(wallet: Wallet) -> AgreementTerms:
    period, times = request.form.get("period", ""), request.form.get("times", type=int)
    if period not in _PERIOD_S or times is None or not 2 <= times <= _TIMES_MAX:
        raise problems.PARAM_INVALID.problem()
    valid_to_s = wallet.clock.now_s() + times * _PERIOD_S[period]
    return AgreementTerms(amount_fen(request.form.get("amount", "").strip()), period, times, valid_to_s)


def _page(wallet: Wallet, problem: Problem | None) -> str:
    user_id = visit.user().user_id
    offered = payees(wallet.config)
    number = request.args.get("fill", 0, type=int)
    chosen = offered[number - 1] if 1 <= number <= len(offered) else None
    typed = {"payee_name": chosen.name, "payee_account": chosen.account} if chosen else {}
    made = wallet.agreements.of_user(user_id)
    return render_template(
        "recurring.html",
        agreements=[(each, wallet.debits.under(each.agreement_id)) for each in made],
        typed=request.form if problem else typed,
        payees=range(1, len(offered) + 1),
        refusal=refusal(problem) if problem else None,
    )
