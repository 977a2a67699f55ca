"""Where applications want their events posted. Whether an address may be one is judged by who registers it."""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS event_endpoints (
    app_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    suite TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``suite``: that of the bank's key which signs what is posted there."""

    app_id: str
    url: str
    suite: str


def subscribe(db: Transaction, app_id: str, url: str, suite: str) -> None:
    """From now on the application's events are posted to this address, those that wait already included."""
    db.execute(
        "INSERT INTO event_endpoints (app_id, url, suite) VALUES (?, ?, ?)"
        " ON CONFLICT (app_id) DO UPDATE SET url = excluded.url",
        (app_id, url, suite),
    )


def unsubscribe(db: Transaction, app_id: str) -> None:
    """Nothing is posted any more; events that wait are kept, to be fetched."""
    db.execute("DELETE FROM event_endpoints WHERE app_id = ?", (app_id,))
    db.execute("UPDATE events SET state = 'kept' WHERE app_id = ? AND state = 'pending'", (app_id,))


def endpoint_of(store: Store, app_id: str) -> Endpoint | None:
    """None for an application that gave no address."""
    rows = store.read("SELECT app_id, url, suite FROM event_endpoints WHERE app_id = ?", (app_id,))
    return Endpoint(*rows[0]) if rows else None


def listed(store: Store) -> list[Endpoint]:
    """Of all applications that gave an address."""
    return [Endpoint(*row) for row in store.read("SELECT app_id, url, suite FROM event_endpoints ORDER BY app_id")]
