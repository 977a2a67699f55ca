"""Coming and going: the first page, signing in with a nickname, signing out."""

from __future__ import annotations

from flask import Flask, g, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.pages import visit
from app_sim.wallet import Wallet

_LATEST = 3


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/")
    def home() -> str:
        if g.user is None:
            return render_template("welcome.html")
        return render_template(
            "home.html",
            ended=wallet.links.ended(g.user.user_id),
            linked_ms=wallet.links.linked_ms(g.user.user_id),
            consent_days=wallet.config.consent_days,
            payments=wallet.payments.book.of_user(g.user.user_id, _LATEST),
        )

    @app.post("/sign-in")
    def sign_in() -> Response:
        signed_in = wallet.sessions.sign_in(request.form.get("nickname", ""), request.cookies.get(visit.DEVICE_COOKIE))
        response = redirect(url_for("home"), 303)
        visit.remember(response, signed_in)
        return response

    @app.post("/sign-out")
    def sign_out() -> Response:
        wallet.sessions.sign_out(g.session)
        visit.forget()
        return redirect(url_for("home"), 303)
