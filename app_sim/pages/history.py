"""A user's own past at the wallet: logins, authorizations, transactions (JR/T 0185 12.3-2.3), and their payments."""

from __future__ import annotations

from flask import Flask, render_template

from app_sim.pages import visit
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/history")
    def history() -> str:
        user_id = visit.user().user_id
        return render_template(
            "history.html",
            events=wallet.journal.history(user_id),
            payments=wallet.payments.book.of_user(user_id),
        )
