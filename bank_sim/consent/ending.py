"""How consents end before or at their time, and what ends with them, in the same transaction (JR/T 0185 9.3.2-2).

Whoever ends one, the user, the application, the bank or the clock, ends it here: the state moves, the history says why,
and the application is told by an event. Tokens, refresh tokens and codes stand on their consent, which each use of them
reads anew, so that they are worth nothing from this transaction on; forms that the application has open are closed.
It must not know who may end what: its callers do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.consent import states
from bank_sim.consent.model import State, Validity
from bank_sim.consent.states import Actor, Step
from bank_sim.events import Events
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

CloseForms = Callable[[Database, str, str], None]
"""Closes what an application (App_ID) has open for a customer (id), within the transaction that ends the consent."""

# Rows that the clock has overtaken are found by this index, which holds only what can still expire.
SCHEMA = """
CREATE INDEX IF NOT EXISTS consents_by_end ON consents (valid_to_s)
  WHERE state IN ('requested', 'authorised', 'used');
CREATE INDEX IF NOT EXISTS consents_of_application ON consents (app_id)
  WHERE state IN ('requested', 'authorised', 'used');
"""

_OPEN = "state IN ('requested', 'authorised', 'used')"


@dataclass(frozen=True, slots=True)
class Ended:
    """One consent that ended. ``stood``: it was in force, and neither used up nor only asked for."""

    consent_id: str
    app_id: str
    stood: bool


class _Row(NamedTuple):
    consent_id: str
    app_id: str
    state: State
    validity: Validity
    customer_id: str | None


class Endings:
    """Every method takes the caller's ``db``, the connection of its write transaction."""

    def __init__(self, clock: Clock, events: Events, close_forms: CloseForms) -> None:
        self._clock = clock
        self._events = events
        self._close_forms = close_forms

    def revoke(self, db: Database, consent_id: str, customer_id: str) -> None:
        """The user withdraws; every later call is refused. RESOURCE_NOT_AUTHORIZED when it is not theirs."""
        self._require_ended(db, consent_id, "customer_id", customer_id, "user")

    def give_back(self, db: Database, consent_id: str, app_id: str) -> None:
        """The application gives up what it was granted, if that still stands."""
        for each in self._open(db, "consent_id = ? AND app_id = ? AND state = 'authorised'", (consent_id, app_id)):
            self._end(db, each, "revoke", "application", "given_back")

    def of_customer(self, db: Database, customer_id: str, actor: Actor, reason: str) -> list[Ended]:
        """End all that a customer gave and that has not run out."""
        condition = "customer_id = ? AND state IN ('authorised', 'used') AND valid_to_s > ?"
        rows = self._open(db, condition, (customer_id, self._clock.now_s()))
        return [self._end(db, each, "revoke", actor, reason) for each in rows]

    def of_application(self, db: Database, app_id: str, reason: str) -> list[Ended]:
        """The bank ends all that users gave an application, as when it leaves (9.4)."""
        rows = self._open(db, "app_id = ? AND state IN ('authorised', 'used')", (app_id,))
        return [self._end(db, each, "revoke", "bank", reason) for each in rows]

    def replace(self, db: Database, consent_id: str, customer_id: str, successor: str) -> None:
        """A consent takes the place of this one: STEP_OUT_OF_ORDER unless it stands and is the same user's."""
        condition = "consent_id = ? AND customer_id = ? AND state = 'authorised' AND valid_to_s > ?"
        rows = self._open(db, condition, (consent_id, customer_id, self._clock.now_s()))
        if not rows:
            raise problems.STEP_OUT_OF_ORDER.problem("The consent to be changed no longer stands.")
        self._end(db, rows[0], "replace", "user", successor)

    def expire_due(self, db: Database, now_ms: int) -> list[Ended]:
        """Record what the clock has ended. Calls are refused from that moment on whether or not it is recorded."""
        rows = self._open(db, f"{_OPEN} AND valid_to_s * 1000 <= ?", (now_ms,))
        return [self._end(db, each, "expire", "clock", "") for each in rows]

    def any_due(self, store: Store, now_ms: int) -> bool:
        """Whether ``expire_due`` has anything to do: a look at an index."""
        query = f"SELECT 1 FROM consents WHERE {_OPEN} AND valid_to_s <= ? LIMIT 1"  # noqa: S608 - our own condition
        return bool(store.read(query, (now_ms // 1000,)))

    def _require_ended(self, db: Database, consent_id: str, column: str, value: str, actor: Actor) -> None:
        rows = self._open(db, f"consent_id = ? AND {column} = ?", (consent_id, value))
        if not rows or states.TRANSITIONS["revoke"][0].isdisjoint({rows[0].state}):
            raise problems.RESOURCE_NOT_AUTHORIZED.problem()
        self._end(db, rows[0], "revoke", actor, "")

    def _open(self, db: Database, condition: str, values: tuple[object, ...]) -> list[_Row]:
        query = f"SELECT consent_id, app_id, state, validity, customer_id FROM consents WHERE {condition}"  # noqa: S608
        return [_Row(*row) for row in db.execute(query, values).fetchall()]

    def _end(self, db: Database, row: _Row, step: Step, actor: Actor, reason: str) -> Ended:
        if states.move(db, row.consent_id, step, self._clock.now_ms(), actor, reason) is None:
            raise problems.STEP_OUT_OF_ORDER.problem("The consent no longer waits for this.")
        self._tell(db, row, step, {"by": actor, "reason": reason or "withdrawn"})
        return Ended(row.consent_id, row.app_id, row.state == "authorised")

    def _tell(self, db: Database, row: _Row, step: Step, why: dict[str, str]) -> None:
        """A consent that was used up, or that nobody gave, ends without news; one that was replaced has a successor."""
        if row.state != "authorised":
            return
        if step == "revoke":
            if row.customer_id is not None:
                self._close_forms(db, row.app_id, row.customer_id)
            self._events.publish(db, row.app_id, "consent.revoked", row.consent_id, why)
        elif step == "expire" and row.validity != "once":
            self._events.publish(db, row.app_id, "consent.expired", row.consent_id, {"validity": row.validity})
