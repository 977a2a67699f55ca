"""Accounts, balances and transactions: fetched for the page that shows them, and gone with it (JR/T 0185 7.2.2).

The bank has an answer for one balance at a time. Who serves the pages says whether several are asked for at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, redirect, render_template, url_for
from werkzeug import Response

from app_sim.bank import Problem, format_fen, parse_fen, problems
from app_sim.pages import visit
from app_sim.wallet import Wallet

Result = TypeVar("Result")
Account = dict[str, Any]
AskAll = Callable[[Callable[[Account], Account], list[Account]], Iterable[Account]]
"""Puts a question about each account and gives the answers in order, as ``map`` does one by one."""


def add_routes(app: Flask, wallet: Wallet, ask_all: AskAll) -> None:
    @app.get("/accounts")
    def accounts() -> str | Response:
        user = visit.user()
        if not wallet.links.is_linked(user.user_id):
            return redirect(url_for("home"), 303)
        return with_token(wallet, user.user_id, lambda token: _accounts_page(wallet, token, ask_all))

    @app.get("/accounts/<account_ref>")
    def account(account_ref: str) -> str:
        return with_token(wallet, visit.user().user_id, lambda token: _account_page(wallet, token, account_ref))


def with_token(wallet: Wallet, user_id: str, ask: Callable[[str], Result]) -> Result:
    """Ask the bank under the user's link; when the bank says that the consent is over, so is the link."""
    token = wallet.links.token(user_id)
    try:
        return ask(token)
    except Problem as problem:
        wallet.links.heed(user_id, problem)
        raise


def _accounts_page(wallet: Wallet, token: str, ask_all: AskAll) -> str:
    accounts = wallet.bank.accounts(token)
    # A breaker that probes lets one call through at a time: at once, all but one would go without an answer.
    ask = ask_all if wallet.bank.outage() is None else map
    shown = list(ask(lambda account: account | _balance(wallet, token, account), accounts))
    available = [parse_fen(each["available_balance"]) for each in shown if "available_balance" in each]
    total = format_fen(sum(available)) if len(available) == len(shown) > 1 else None
    return render_template("accounts.html", accounts=shown, total=total)


def _balance(wallet: Wallet, token: str, account: Account) -> Account:
    """An account's balance; nothing where the bank does not answer, since the other accounts are worth showing."""
    try:
        return wallet.bank.balance(token, account["account_ref"])
    except Problem as problem:
        if problem.kind is not problems.SERVICE_UNAVAILABLE:
            raise
        return {}


def _account_page(wallet: Wallet, token: str, account_ref: str) -> str:
    return render_template("account.html", page=wallet.bank.transactions(token, account_ref))
