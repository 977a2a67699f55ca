"""What the wallet keeps of its users, shown to each as it lies there, and the way to have one's own deleted."""

from __future__ import annotations

from flask import Flask, abort, g, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim import holdings
from app_sim.bank import problems
from app_sim.pages import visit
from app_sim.wallet import Wallet

# Four digits, or two Chinese characters: less stands anywhere by chance.
_SOUGHT_BYTES_MIN = 4


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/kept")
    def kept() -> str:
        verdict = wallet.journal.verify() if g.user is not None and "verify" in request.args else None
        return _page(wallet, verdict=verdict)

    @app.post("/kept")
    def search() -> str:
        """A sandbox aid: whether something that only the bank should know stands in any file."""
        visit.user()
        if not wallet.config.aids:
            abort(404)
        sought = request.form.get("sought", "").strip()
        is_enough = len(sought.encode()) >= _SOUGHT_BYTES_MIN
        found = holdings.contains(wallet.config, sought) if is_enough else None
        return _page(wallet, searched=True, found=found)

    @app.post("/forget")
    def forget() -> Response:
        """Give the access back, then delete the user; TRANSFER_STATE while a payment's result is unknown."""
        user = visit.user()
        if wallet.payments.book.unsettled(user.user_id):
            raise problems.TRANSFER_STATE.problem("The result of a payment is unknown; have it queried first.")
        wallet.links.unlink(user.user_id)
        wallet.sessions.forget(user.user_id)
        response = redirect(url_for("home"), 303)
        visit.forget_browser(response)
        return response


def _page(wallet: Wallet, **results: object) -> str:
    config = wallet.config
    return render_template(
        "kept.html",
        tables=holdings.tables(wallet.store, g.user and g.user.user_id),
        described=holdings.TABLES,
        files=holdings.files(config),
        hours=config.session_absolute_s // 3600,
        minutes=config.flow_s // 60,
        **results,
    )
