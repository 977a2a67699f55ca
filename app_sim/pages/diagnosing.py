"""Operators look for a fault: diagnostics for ten minutes, and whether a secret lies in the wallet's settings."""

from __future__ import annotations

from flask import Flask, redirect, render_template, request, url_for
from werkzeug import Response

from app_sim.bank import Problem
from app_sim.pages.operating import operator
from app_sim.pages.refusals import refusal
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/operations/diagnostics")
    def diagnostics() -> str:
        return _page(wallet, None)

    @app.post("/operations/diagnostics")
    def switch_diagnostics() -> Response:
        operator(wallet)
        if request.form.get("to") == "on":
            wallet.diagnostics.start()
        else:
            wallet.diagnostics.stop()
        return redirect(url_for("diagnostics"), 303)

    @app.post("/operations/diagnostics/settings")
    def check_settings() -> Response | tuple[str, int]:
        operator(wallet)
        try:
            wallet.diagnostics.check_settings()
        except Problem as problem:
            return _page(wallet, problem), problem.kind.status
        return redirect(url_for("diagnostics", checked="1"), 303)


def _page(wallet: Wallet, problem: Problem | None) -> str:
    kept = wallet.diagnostics
    return render_template(
        "diagnostics.html",
        operator=operator(wallet),
        is_on=kept.is_on,
        until_s=kept.until_s,
        bytes=kept.file.stat().st_size if kept.file.exists() else 0,
        checked="checked" in request.args,
        refusal=refusal(problem) if problem else None,
    )
