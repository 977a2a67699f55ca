"""Who depends on an application: what its suspension would cost, for the staff to weigh; whom it has as customers."""

from __future__ import annotations

from bank_sim.store import Store


def in_force_of(store: Store, app_id: str, now_s: float) -> int:
    """The consents that an application may use now."""
    rows = store.read(
        "SELECT count(*) FROM consents WHERE app_id = ? AND state = 'authorised' AND valid_to_s > ?", (app_id, now_s)
    )
    return int(rows[0][0])


def customers_of(store: Store, app_id: str) -> frozenset[str]:
    """The customers who ever agreed to something that an application asked for."""
    rows = store.read(
        "SELECT DISTINCT customer_id FROM consents WHERE app_id = ? AND authorised_at_ms IS NOT NULL", (app_id,)
    )
    return frozenset(row[0] for row in rows)
