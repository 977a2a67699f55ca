"""Coming and going: the first page, signing in with a nickname, signing out."""

from __future__ import annotations

from flask import Flask, g, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.pages import visit
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/")
    def home() -> str:
        linked = g.user is not None and wallet.links.is_linked(g.user.user_id)
        return render_template("home.html", linked=linked)

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
