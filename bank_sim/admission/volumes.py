"""The volumes of the agreement with an application, as limits of its calls (JR/T 0185 9.1.1 c, 10.2.1 b 3)."""

from __future__ import annotations

from bank_sim.store import Store
from bank_sim.throttle import Agreed

# Agreements that were signed before they named all four are silent about the others.
_VOLUMES = """
SELECT json_extract(said, '$.calls_second'), json_extract(said, '$.calls_minute'), json_extract(said, '$.calls_day'),
       json_extract(said, '$.calls_concurrent')
FROM (SELECT CAST(agreement AS TEXT) AS said FROM admission_cases WHERE app_id = ? AND agreement IS NOT NULL)
"""


def agreed_volumes(store: Store, app_id: str) -> Agreed | None:
    """What was agreed with an application; None where nothing was."""
    rows = store.read(_VOLUMES, (app_id,))
    return Agreed(*(each or None for each in rows[0])) if rows else None
