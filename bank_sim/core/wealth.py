"""What a customer holds beside accounts: units of wealth products and funds, and loyalty points."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Holding(NamedTuple):
    """Units of one product. ``units_e2`` are hundredths of a unit, ``unit_price_e4`` ten-thousandths of a yuan."""

    product_id: str
    name: str
    name_zh: str
    units_e2: int
    unit_price_e4: int

    @property
    def market_value_fen(self) -> int:
        """Rounded down to the fen: the bank never shows more than it would pay."""
        return self.units_e2 * self.unit_price_e4 // 10_000


def hold_units(db: sqlite3.Connection, customer_id: str, product_id: str, units_e2: int) -> None:
    """Add units to a customer's holding of a product."""
    db.execute(
        "INSERT INTO holdings (customer_id, product_id, units_e2) VALUES (?,?,?)"
        " ON CONFLICT DO UPDATE SET units_e2 = units_e2 + excluded.units_e2",
        (customer_id, product_id, units_e2),
    )


def holdings(db: sqlite3.Connection, customer_id: str) -> list[Holding]:
    rows = db.execute(
        "SELECT h.product_id, p.name, p.name_zh, h.units_e2, p.unit_price_e4 FROM holdings h"
        " JOIN products p ON p.product_id = h.product_id WHERE h.customer_id = ? ORDER BY h.product_id",
        (customer_id,),
    )
    return [Holding(*row) for row in rows]


def award_points(db: sqlite3.Connection, customer_id: str, points: int) -> None:
    db.execute(
        "INSERT INTO points (customer_id, points) VALUES (?,?)"
        " ON CONFLICT DO UPDATE SET points = points + excluded.points",
        (customer_id, points),
    )


def points(db: sqlite3.Connection, customer_id: str) -> int:
    row = db.execute("SELECT points FROM points WHERE customer_id = ?", (customer_id,)).fetchone()
    return row[0] if row else 0
