"""The bank's public offers: an A1 query, authenticated both ways by HMAC with App_Secret. No user is needed."""

from __future__ import annotations

from flask import Flask, render_template

from app_sim.offers import products as products_of
from app_sim.offers import rates as rates_of
from app_sim.wallet import Wallet


def add_routes(app: Flask, wallet: Wallet) -> None:
    @app.get("/products")
    def products() -> str:
        return render_template("products.html", products=products_of(wallet.bank), rates=rates_of(wallet.bank))
