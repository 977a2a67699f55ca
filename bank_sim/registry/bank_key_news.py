"""Whom changes of the bank's own keys concern: every application of the key's suite that has not left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from bank_sim.events import Events, EventType
from bank_sim.keys.ring import RingKey
from bank_sim.keys.rotation import Tell
from bank_sim.store import Transaction


def telling(events: Events) -> Tell:
    """An event for each of them, in the transaction of the change. It says ``holder`` bank: the key is not theirs."""

    def tell(db: Transaction, event_type: str, key: RingKey, said: Mapping[str, str | int]) -> None:
        data = {"holder": "bank", "suite": key.suite, "use": key.use, **said}
        for (app_id,) in db.execute(
            "SELECT app_id FROM applications WHERE suite = ? AND status <> 'exited'", (key.suite,)
        ).fetchall():
            events.publish(db, app_id, cast(EventType, event_type), key.kid, data)

    return tell
