"""The lives of the interfaces that a bank is founded with: published and registered, and later versions in the drawer.

Their entries were proven by the catalogue's lint a moment ago; that is what their audit record says.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from bank_sim.interfaces import audits, platform, states
from bank_sim.interfaces.audits import Audit
from bank_sim.interfaces.description import description_sm3
from bank_sim.interfaces.states import Moved
from bank_sim.registry.api import Api

FOUNDING = "founding"


def found(db: Database, designs: Sequence[Api], now_ms: int) -> None:
    """Write the first state of every design; those with an identifier are published."""
    for api in designs:
        published = bool(api.u_api_id)
        db.execute(
            "INSERT INTO interface_versions (api_id, version, state, u_api_id, description_sm3, changed_ms,"
            " published_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                api.api_id,
                api.version,
                "published" if published else "designed",
                api.u_api_id or None,
                description_sm3(api) if published else None,
                now_ms,
                now_ms if published else None,
            ),
        )
        if published:
            platform.enter_founding(db, api.u_api_id, api.api_id, api.version, now_ms)
            audits.keep(
                db, Audit(api.api_id, api.version, description_sm3(api), "catalogue lint", 0, 0, FOUNDING, now_ms)
            )
            states.note(db, api.api_id, api.version, Moved(now_ms, FOUNDING, "designed", "published", FOUNDING))
