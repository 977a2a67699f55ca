"""Accounts, balances and transactions: fetched for the page that shows them, and gone with it (JR/T 0185 7.2.2).

The list and the balances are two answers of the bank. Who serves the pages says whether they are asked for at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from flask import Flask, redirect, render_template, url_for
from werkzeug import Response

from app_sim.bank import Problem, format_fen, parse_fen, problems
from app_sim.pages import visit
from app_sim.wallet import Wallet

Result = TypeVar("Result")
Account = dict[str, Any]
AskAll = Callable[[Sequence[Callable[[], Any]]], Iterable[Any]]
"""Asks questions that do not depend on one another: the answers in order, or the problem of the first that has one."""

_WITHOUT_BALANCES = {
    problems.SERVICE_UNAVAILABLE.code: "unanswered",
    problems.SCOPE_INSUFFICIENT.code: "not_allowed",
}
"""Refusals behind which the accounts are worth showing all the same: why they are shown without balances."""


def one_by_one(questions: Sequence[Callable[[], Any]]) -> Iterable[Any]:
    return (ask() for ask in questions)


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
    accounts, (balances, why_not) = ask_all((partial(wallet.bank.accounts, token), partial(_balances, wallet, token)))
    shown = [account | balances.get(account["account_ref"], {}) for account in accounts]
    available = [parse_fen(each["available_balance"]) for each in shown if "available_balance" in each]
    total = format_fen(sum(available)) if len(available) == len(shown) > 1 else None
    return render_template("accounts.html", accounts=shown, total=total, why_not=why_not)


def _balances(wallet: Wallet, token: str) -> tuple[dict[str, Account], str | None]:
    """By account_ref; or none, and why."""
    try:
        return {each["account_ref"]: each for each in wallet.bank.balances(token)}, None
    except Problem as problem:
        if problem.code not in _WITHOUT_BALANCES:
            raise
        return {}, _WITHOUT_BALANCES[problem.code]


def _account_page(wallet: Wallet, token: str, account_ref: str) -> str:
    return render_template("account.html", page=wallet.bank.transactions(token, account_ref))
