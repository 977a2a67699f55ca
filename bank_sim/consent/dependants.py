"""How many users depend on an application: what its suspension would cost them, for the staff to weigh."""

from __future__ import annotations

from bank_sim.store import Store


def in_force_of(store: Store, app_id: str, now_s: float) -> int:
    """The consents that an application may use now."""
    rows = store.read(
        "SELECT count(*) FROM consents WHERE app_id = ? AND state = 'authorised' AND valid_to_s > ?", (app_id, now_s)
    )
    return int(rows[0][0])
