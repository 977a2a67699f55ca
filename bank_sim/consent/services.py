"""Whether a customer lets applications act for them at all: one switch of the user's over every consent (9.3.2).

Closing ends every consent at once, and while it lasts none can be given; reopening brings no consent back. That a
closed service takes no authorization is a row of identity's step table. Must not decide who the user is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.consent.ending import Endings
from bank_sim.events import Events
from bank_sim.store import Store

# A closing without an end is in force; there can be one of these for a customer.
SCHEMA = """
CREATE TABLE IF NOT EXISTS service_closings (
  customer_id TEXT NOT NULL, closed_at_ms INTEGER NOT NULL, consents_ended INTEGER NOT NULL, reopened_at_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS closings_of_customer ON service_closings (customer_id);
CREATE UNIQUE INDEX IF NOT EXISTS closing_in_force ON service_closings (customer_id) WHERE reopened_at_ms IS NULL;
"""


@dataclass(frozen=True, slots=True)
class Closing:
    """One time that a customer closed the services. ``reopened_at_ms`` None: it is in force."""

    closed_at_ms: int
    consents_ended: int
    reopened_at_ms: int | None


class ApiServices:
    """Reads go to the store; changes take the caller's ``db``, the connection of its write transaction."""

    def __init__(self, store: Store, clock: Clock, events: Events, endings: Endings) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._endings = endings

    def closed(self, customer_id: str) -> bool:
        query = "SELECT 1 FROM service_closings WHERE customer_id = ? AND reopened_at_ms IS NULL"
        return bool(self._store.read(query, (customer_id,)))

    def closings(self, customer_id: str) -> list[Closing]:
        """Every closing, the newest first."""
        query = (
            "SELECT closed_at_ms, consents_ended, reopened_at_ms FROM service_closings WHERE customer_id = ?"
            " ORDER BY rowid DESC"
        )
        return [Closing(*row) for row in self._store.read(query, (customer_id,))]

    def close(self, db: Database, customer_id: str) -> int:
        """End every consent that still stands, and refuse new ones from now on; returns how many ended.

        A consent for one use that was used ends too: nothing at all may be called afterwards. Each application is told
        of its own consents. Closing what is closed changes nothing.
        """
        now_ms = self._clock.now_ms()
        if self.closed(customer_id):
            return 0
        ended = self._endings.of_customer(db, customer_id, "user", "api_services_closed")
        applications = Counter(each.app_id for each in ended)
        for app_id, consents in applications.items():
            self._events.publish(db, app_id, "api_services.closed", app_id, {"consents": consents})
        db.execute(
            "INSERT INTO service_closings (customer_id, closed_at_ms, consents_ended) VALUES (?, ?, ?)",
            (customer_id, now_ms, len(ended)),
        )
        return len(ended)

    def reopen(self, db: Database, customer_id: str) -> None:
        """New consents can be given again. The old ones stay ended."""
        db.execute(
            "UPDATE service_closings SET reopened_at_ms = ? WHERE customer_id = ? AND reopened_at_ms IS NULL",
            (self._clock.now_ms(), customer_id),
        )
