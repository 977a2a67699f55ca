"""How the bank answers: the state of every circuit breaker, for whoever wonders why a page has to wait."""

from __future__ import annotations

from flask import Flask, render_template

from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/connection")
    def connection() -> str:
        return render_template("connection.html", states=wallet.bank.breakers.states(), now_s=wallet.clock.now_s())
