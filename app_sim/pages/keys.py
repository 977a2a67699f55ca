"""The wallet's own keys: what it proves itself with, what was done to them, and, as a sandbox aid, changing them."""

from __future__ import annotations

from flask import Flask, abort, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.pages import visit
from app_sim.wallet import Wallet

_LINES = 12
_CHANGES = ("sig", "enc", "secret", "certificate", "lost")


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/keys")
    def keys() -> str:
        return render_template(
            "keys.html",
            held=wallet.keyring.held(),
            deeds=wallet.keyring.newest(_LINES),
            changed="changed" in request.args,
        )

    @app.post("/keys")
    def change_keys() -> Response:
        """A sandbox aid: what operators of a real application do elsewhere."""
        visit.user()
        change = request.form.get("change")
        if not wallet.config.aids or change not in _CHANGES:
            abort(404)
        if change == "secret":
            wallet.keyring.renew_secret("ordered")
        elif change == "certificate":
            wallet.keyring.renew_certificate("ordered")
        elif change == "enc":
            wallet.keyring.rotate("enc", "ordered")
        else:
            wallet.keyring.rotate("sig", "lost" if change == "lost" else "ordered")
        return redirect(url_for("keys", changed="yes"), 303)
