"""What the bank offers to anybody: products and rates (level A1: nothing in it concerns a person, JR/T 0185 6.2).

Rates of interest are kept in basis points and unit prices in ten-thousandths, both as integers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal, NamedTuple

from bank_sim.sdk.protocol import problems

Category = Literal["deposit", "wealth", "fund", "loan"]
RateKind = Literal["deposit", "loan", "exchange"]


class Product(NamedTuple):
    """One product. ``unit_price_e4``: yuan a unit, times 10,000, of a product that is sold in units."""

    product_id: str
    category: Category
    name: str
    name_zh: str
    description: str
    description_zh: str
    risk_level: str | None = None
    annual_rate_bp: int | None = None
    term_days: int | None = None
    minimum_amount_fen: int | None = None
    unit_price_e4: int | None = None


class Rate(NamedTuple):
    """One rate: interest a year in basis points, or yuan for 100 units of a foreign currency, times 10,000."""

    code: str
    kind: RateKind
    name: str
    name_zh: str
    currency: str = "CNY"
    term_months: int | None = None
    annual_rate_bp: int | None = None
    buy_e4: int | None = None
    sell_e4: int | None = None


_PRODUCTS = (
    "SELECT product_id, category, name, name_zh, description, description_zh, risk_level, annual_rate_bp, term_days,"
    " minimum_amount_fen, unit_price_e4 FROM products"
)
_OF_CATEGORY = _PRODUCTS + " WHERE ?1 IS NULL OR category = ?1 ORDER BY product_id"
_BY_ID = _PRODUCTS + " WHERE product_id = ?"


def publish(db: sqlite3.Connection, products: Iterable[Product], rates: Iterable[Rate], set_at_ms: int) -> None:
    """Put products and rates on offer, in place of those with the same id or code."""
    for product in products:
        db.execute(
            "INSERT OR REPLACE INTO products (product_id, category, name, name_zh, description, description_zh,"
            " risk_level, annual_rate_bp, term_days, minimum_amount_fen, unit_price_e4) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            product,
        )
    for rate in rates:
        db.execute(
            "INSERT OR REPLACE INTO rates (code, kind, name, name_zh, currency, term_months, annual_rate_bp, buy_e4,"
            " sell_e4, set_at_ms) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (*rate, set_at_ms),
        )


def products(db: sqlite3.Connection, category: str | None = None) -> list[Product]:
    return [Product(*row) for row in db.execute(_OF_CATEGORY, (category,))]


def product(db: sqlite3.Connection, product_id: str) -> Product:
    """RESOURCE_NOT_FOUND when the bank offers no such product."""
    row = db.execute(_BY_ID, (product_id,)).fetchone()
    if row is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Product(*row)


def rates(db: sqlite3.Connection) -> tuple[list[Rate], int]:
    """Every rate, and when the newest of them was set, in milliseconds."""
    rows = db.execute(
        "SELECT code, kind, name, name_zh, currency, term_months, annual_rate_bp, buy_e4, sell_e4, set_at_ms FROM rates"
        " ORDER BY kind, code"
    ).fetchall()
    return [Rate(*row[:-1]) for row in rows], max((row[-1] for row in rows), default=0)
