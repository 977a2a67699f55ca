"""Ordering a payment: the form, and the way to the bank where the user confirms it.

The payee is read from the form, sealed to the bank, and dropped: neither database, journal nor log sees it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask import Flask, g, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.bank import Payee, Problem, TransferOrder, parse_fen, problems
from app_sim.orderbook import Payment, new_order_no
from app_sim.pages import visit
from app_sim.pages.accounts import with_token
from app_sim.pages.aids import payees
from app_sim.pages.embedded import on_this_page
from app_sim.pages.refusals import refusal
from app_sim.wallet import Wallet

_NOTED = frozenset({"order_no", "account_ref", "payee_account", "amount", "way"})
_TYPED_AMOUNT = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/pay")
    def pay() -> str | Response:
        user = visit.user()
        if not wallet.links.is_linked(user.user_id):
            return redirect(url_for("home"), 303)
        if unsettled := wallet.payments.book.unsettled(user.user_id):
            return redirect(url_for("payment", order_no=unsettled[0].order_no), 303)
        return _form(wallet, user.user_id, None)

    @app.post("/pay")
    def order() -> str | Response | tuple[str, int]:
        user = visit.user()
        try:
            payment = wallet.payments.order(user.user_id, _read_order(), read_payee())
            _note(wallet, None)
        except Problem as problem:
            _note(wallet, problem)
            return _form(wallet, user.user_id, problem), problem.kind.status
        if payment.state != "created" or payment.transfer_id is None:
            return redirect(url_for("payment", order_no=payment.order_no), 303)
        return on_this_page(wallet, payment) if request.form.get("way") == "here" else to_the_bank(wallet, payment)


def _form(wallet: Wallet, user_id: str, problem: Problem | None) -> str:
    """The empty form, or, after a refusal, the form as the user filled it in, for a new order."""
    accounts = with_token(wallet, user_id, wallet.bank.accounts)
    offered = payees(wallet.config)
    return render_template(
        "pay.html",
        accounts=accounts,
        typed=request.form if problem else _chosen(offered),
        payees=range(1, len(offered) + 1),
        order_no=new_order_no(),
        refusal=refusal(problem) if problem else None,
    )


def _chosen(offered: Sequence[Payee]) -> Mapping[str, str | None]:
    """A link may choose the account to pay from, a sandbox's aid the payee; the amount is the user's to type."""
    typed = {"account_ref": request.args.get("account_ref")}
    number = request.args.get("fill", 0, type=int)
    if 1 <= number <= len(offered):
        payee = offered[number - 1]
        typed |= {"payee_name": payee.name, "payee_account": payee.account}
    return typed


def _note(wallet: Wallet, problem: Problem | None) -> None:
    """For operators who look for a fault, what the form held; the wallet does not write what it may not keep."""
    held = ((name, value) for name, value in request.form.items() if name in _NOTED)
    wallet.diagnostics.note("pay", held, problem.code if problem else None)


def to_the_bank(wallet: Wallet, payment: Payment) -> Response:
    """Send the user to confirm an order; it ends here when the bank will not ask them."""
    state, pkce = wallet.flows.leave(g.session, payment.user_id, payment.order_no)
    try:
        address = wallet.bank.ask_for_payment(str(payment.transfer_id), state, pkce)
    except Problem as problem:
        wallet.payments.reject(payment, problem)
        raise
    wallet.note_authorization(payment.user_id, "asked", payment.order_no)
    return redirect(address, 303)


def _read_order() -> TransferOrder:
    return TransferOrder(
        order_no=request.form.get("order_no", ""),
        debtor_account_ref=request.form.get("account_ref", ""),
        amount_fen=amount_fen(request.form.get("amount", "").strip()),
        purpose=request.form.get("purpose", "").strip() or None,
    )


def read_payee() -> Payee:
    """The payee as the form names them."""
    account = re.sub(r"[\s-]", "", request.form.get("payee_account", ""))
    return Payee(account, request.form.get("payee_name", "").strip())


def amount_fen(typed: str) -> int:
    """What a person typed as an amount: AMOUNT_INVALID. People type 100, 100.5 or 100.50; the wire has two places."""
    match = _TYPED_AMOUNT.fullmatch(typed)
    if match is None:
        raise problems.AMOUNT_INVALID.problem()
    return parse_fen(f"{int(match[1])}.{(match[2] or '').ljust(2, '0')}")
