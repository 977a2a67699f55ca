"""What the wallet holds of a user's word, as the bank has it at this moment: see it, renew it, change it, end it.

Nothing of it is kept here but the tokens: until when, what for and which accounts is asked of the bank each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, g, redirect, render_template
from werkzeug import Response

from app_sim.bank import Pkce, Problem, problems
from app_sim.pages import visit
from app_sim.pages.accounts import with_token
from app_sim.pages.moments import seconds_of
from app_sim.wallet import Wallet

_DAY_S = 86_400
Ask = Callable[[Mapping[str, Any], str, Pkce], str]


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/consents")
    def consents() -> str:
        user_id = visit.user().user_id
        consent: dict[str, Any] | None = None
        accounts: list[dict[str, Any]] = []
        linked = wallet.links.is_linked(user_id)
        if linked:
            consent, accounts = _asked_of_the_bank(wallet, user_id)
        left_s = seconds_of(consent["valid_to"]) - wallet.clock.now_s() if consent else 0
        return render_template(
            "consents.html",
            linked=linked,
            consent=consent,
            accounts=accounts,
            days_left=int(left_s // _DAY_S),
            agreements=[each for each in wallet.agreements.of_user(user_id) if each.state == "active"],
        )

    @app.post("/consents/renew")
    def renew() -> Response:
        return _to_the_bank(wallet, wallet.bank.ask_to_renew)

    @app.post("/consents/amend")
    def amend() -> Response:
        return _to_the_bank(wallet, wallet.bank.ask_to_amend)


def _asked_of_the_bank(wallet: Wallet, user_id: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The consent and its accounts; None and none where the bank says that it is over."""
    try:
        consent = wallet.bank.consent_behind(wallet.links.token(user_id))
        if consent is None or "accounts.list" not in consent["apis"]:
            return consent, []
        return consent, with_token(wallet, user_id, wallet.bank.accounts)
    except Problem as problem:
        if wallet.links.is_linked(user_id):
            raise
        wallet.note_authorization(user_id, "refused", None, problem)
        return None, []


def _to_the_bank(wallet: Wallet, ask: Ask) -> Response:
    """Send the user to have the consent changed that stands now: CONSENT_REQUIRED where none does."""
    user = visit.user()
    consent = wallet.bank.consent_behind(wallet.links.token(user.user_id))
    if consent is None:
        raise problems.CONSENT_REQUIRED.problem("The consent is over at the bank.")
    state, pkce = wallet.flows.leave(g.session, user.user_id, None)
    address = ask(consent, state, pkce)
    wallet.note_authorization(user.user_id, "asked", None)
    return redirect(address, 303)
