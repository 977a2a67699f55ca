"""The door for whoever runs the wallet: operators enter with their code, under a name that stands on what they do.

Nobody else sees the pages behind it. A visit is a signed cookie of an hour, apart from the sessions of users.
"""

from __future__ import annotations

from flask import Flask, abort, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.bank import Problem
from app_sim.operators import VISIT_S
from app_sim.pages.refusals import refusal
from app_sim.wallet import Wallet

OPERATOR_COOKIE = "__Host-wallet-operator"


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/operations/enter")
    def enter() -> str:
        return _door(wallet, None)

    @app.post("/operations/enter")
    def entered() -> Response | tuple[str, int]:
        try:
            entry = wallet.operators.enter(request.form.get("operator", ""), request.form.get("code", ""))
        except Problem as problem:
            return _door(wallet, problem), problem.kind.status
        response = redirect(url_for("operations"), 303)
        # Strict: no other site leads an operator who is inside to these pages.
        response.set_cookie(
            OPERATOR_COOKIE, entry, max_age=VISIT_S, path="/", secure=True, httponly=True, samesite="Strict"
        )
        return response

    @app.post("/operations/leave")
    def leave() -> Response:
        response = redirect(url_for("enter"), 303)
        response.set_cookie(OPERATOR_COOKIE, "", max_age=0, path="/", secure=True, httponly=True, samesite="Strict")
        return response


def operator(wallet: Wallet) -> str:
    """The name of the operator who asks; everybody else is led to the door."""
    name = wallet.operators.of(request.cookies.get(OPERATOR_COOKIE))
    if name is None:
        abort(redirect(url_for("enter"), 303))
    return name


def _door(wallet: Wallet, problem: Problem | None) -> str:
    return render_template(
        "enter.html",
        typed=request.form.get("operator", ""),
        # In a sandbox nobody sits at the terminal where it can be looked up.
        code=wallet.operators.code() if wallet.config.aids else "",
        refusal=refusal(problem) if problem else None,
    )
