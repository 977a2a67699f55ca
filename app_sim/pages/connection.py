"""How the bank answers, and what it told unasked: for whoever wonders why a page has to wait, or a link is gone."""

from __future__ import annotations

from flask import Flask, render_template

from app_sim.wallet import Wallet

_SEARCHED, _SHOWN = 200, 10


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/connection")
    def connection() -> str:
        return render_template(
            "connection.html",
            states=wallet.bank.breakers.states(),
            now_s=wallet.clock.now_s(),
            # Whose consent it was is nobody else's business: events about users are not for a page that all may see.
            told=[each for each in wallet.events.newest(_SEARCHED) if not each.type.startswith("consent.")][:_SHOWN],
            missing=wallet.events.missing(),
            refused=wallet.events.refused(),
        )
