"""The thread that delivers events: in order for each application, again with growing pauses, until it gives up.

Order is kept at the head of the line: while an application's oldest event has not arrived, its later ones wait. Pauses
are virtual time and stand in the database, so that neither a restart nor a jump of the clock loses one. After
``Policy.event_give_up_s`` an event is a dead letter: the next one goes out, and a person looks at it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from bank_sim.clock import Clock
from bank_sim.events.courier import Receipt
from bank_sim.events.endpoints import Endpoint, endpoint_of
from bank_sim.events.log import note_attempt, waiting
from bank_sim.events.message import Message, body_of, signed
from bank_sim.events.model import Attempt, Event
from bank_sim.events.probing import Prober
from bank_sim.keys import BankKeys
from bank_sim.policy import Policy
from bank_sim.sandbox.faults import Strike
from bank_sim.store import Store, Transaction

# How soon an event written by another process is noticed; an idle look costs some 10 microseconds.
_LOOK_S = 0.05
# As many applications can keep the bank waiting before one more has to wait for them.
_AT_ONCE = 4

Befalls = Callable[[Event, str], Strike | None]

_log = logging.getLogger("bank.events")


def _nothing(_event: Event, _kind: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class _Trip:
    """An event on its way."""

    event: Event
    give_up_ms: int
    receipt: Future[Receipt]


class Delivery:
    """Delivers what waits. ``run`` belongs into a thread of its own, with a ``Store`` opened there; ``stop`` ends it.

    There is one to a bank: what is on its way, it keeps in memory.
    """

    def __init__(
        self,
        keys_in: Callable[[Store], BankKeys],
        clock: Clock,
        policy: Policy,
        post: Callable[[Message], Receipt],
        gave_up: Callable[[Transaction, str, int], None],
        befalls: Befalls = _nothing,
    ) -> None:
        """``keys_in``: the bank's keys as a store has them. ``post`` sends one message.

        ``gave_up`` is told of a dead letter in the transaction that makes it one: whose it is (App_ID), and how many
        they have now. ``befalls``: the fault of a kind that a sandbox has in store for an event, asked once for each.
        """
        self._keys_in = keys_in
        self._clock = clock
        self._policy = policy
        self._post = post
        self._gave_up = gave_up
        self._befalls = befalls
        self._prober = Prober(clock, policy, post)
        self._trips: dict[str, _Trip] = {}
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self, open_store: Callable[[], Store]) -> None:
        """Work until ``stop``; posts that are under way then are waited for."""
        store = open_store()
        try:
            keys = self._keys_in(store)
            with ThreadPoolExecutor(_AT_ONCE, "courier") as couriers:
                while not self._stopping.wait(_LOOK_S):
                    try:
                        self.step(store, keys, couriers)
                    except Exception:
                        # Whatever is wrong with the database now, the thread must live to deliver later.
                        _log.exception("events could not be delivered")
        finally:
            store.close()

    def deliver_due(self, store: Store) -> None:
        """Try everything that is due once, and what becomes due by it, before returning."""
        keys = self._keys_in(store)
        with ThreadPoolExecutor(_AT_ONCE, "courier") as couriers:
            while under_way := self.step(store, keys, couriers):
                wait(under_way, return_when=FIRST_COMPLETED)

    def step(self, store: Store, keys: BankKeys, couriers: Executor) -> list[Future[Any]]:
        """Settle what has come back, send what is due; returns what is on its way."""
        for app_id, trip in list(self._trips.items()):
            if trip.receipt.done():
                del self._trips[app_id]
                self._settle(store, trip, trip.receipt.result())
        now_ms = self._clock.now_ms()
        for event, give_up_ms in waiting(store):
            if self._is_due(event, now_ms) and event.app_id not in self._trips and not self._stopping.is_set():
                if self._is_held_back(store, event, now_ms):
                    continue
                endpoint = endpoint_of(store, event.app_id)
                if endpoint is not None:
                    receipt = couriers.submit(self._post, self._message(event, endpoint, keys))
                    self._trips[event.app_id] = _Trip(event, give_up_ms, receipt)
        return [*(each.receipt for each in self._trips.values()), *self._prober.step(store, keys, couriers)]

    def _is_due(self, event: Event, now_ms: int) -> bool:
        """Also where the clock was set back since: nobody shall wait for a time that is long past."""
        return event.due_ms <= now_ms or event.due_ms > now_ms + self._policy.event_retry_max_s * 1000

    def _is_held_back(self, store: Store, event: Event, now_ms: int) -> bool:
        """A sandbox's fault lets an event leave late, once: what was tried before is not held back again."""
        strike = self._befalls(event, "late_callback") if event.tries == 0 else None
        if strike is None:
            return False
        with store.write() as db:
            db.execute(
                "UPDATE events SET tries = 1, due_ms = ? WHERE event_id = ? AND state = 'pending'",
                (now_ms + strike.parameters["s"] * 1000, event.event_id),
            )
            note_attempt(db, event.event_id, Attempt(now_ms, "fault"))
        return True

    def _message(self, event: Event, endpoint: Endpoint, keys: BankKeys) -> Message:
        return signed(endpoint.url, body_of(event), keys.signing(endpoint.suite), self._clock.now_s())

    def _settle(self, store: Store, trip: _Trip, receipt: Receipt) -> None:
        """Where the event stands now. One that its application has unsubscribed from meanwhile stays where it is."""
        event, now_ms = trip.event, self._clock.now_ms()
        arrived = receipt.outcome == "delivered"
        # Its receipt is forgotten, as by a bank that dies in this moment: so the event goes out once more.
        forgotten = arrived and event.tries == 0 and self._befalls(event, "duplicate_callback") is not None
        arrived = arrived and not forgotten
        state = "delivered" if arrived else "dead" if now_ms >= trip.give_up_ms else "pending"
        with store.write() as db:
            note_attempt(db, event.event_id, Attempt(now_ms, receipt.outcome, receipt.status, receipt.elapsed_ms))
            if forgotten:
                note_attempt(db, event.event_id, Attempt(now_ms, "fault"))
            moved = db.execute(
                "UPDATE events SET state = ?, tries = tries + 1, due_ms = ? WHERE event_id = ? AND state = 'pending'",
                (state, now_ms + self._pause_ms(event.tries), event.event_id),
            ).rowcount
            if moved and state == "dead":
                dead = db.execute(
                    "SELECT count(*) FROM events WHERE app_id = ? AND state = 'dead'", (event.app_id,)
                ).fetchone()[0]
                self._gave_up(db, event.app_id, dead)

    def _pause_ms(self, tries: int) -> int:
        """Twice as long after each try, up to a limit."""
        first_s, longest_s = self._policy.event_retry_first_s, self._policy.event_retry_max_s
        return int(min(first_s << min(tries, 20), longest_s)) * 1000
