"""The bank's public offers: an A1 query, authenticated both ways by HMAC with App_Secret. No user is needed."""

from __future__ import annotations

from flask import Flask, render_template

from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/products")
    def products() -> str:
        return render_template("products.html", products=wallet.bank.products(), rates=wallet.bank.rates())
