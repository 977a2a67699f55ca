"""A bank that publishes events, and an application that takes them as the SDK does, without a network between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bank_sim.clock import ManualClock
from bank_sim.events import SCHEMA as EVENTS
from bank_sim.events import Event, Events, subscribe
from bank_sim.events.courier import Receipt
from bank_sim.events.delivery import Delivery
from bank_sim.events.message import Message
from bank_sim.policy import Policy
from bank_sim.sdk.events import EventCase, ReceivedEvent, require_event
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store
from tests.bank_in_process import MORNING_S

URL = "https://shop.example/events"
APP = "app_shop"


class Keys:
    """The bank's signing keys, as delivery asks for them."""

    def __init__(self) -> None:
        self.made: dict[str, PrivateKey] = {}

    def signing(self, suite: str) -> PrivateKey:
        return self.made.setdefault(suite, keypairs.generate(suite, "sig"))


@dataclass
class Shop:
    """A sound application: verifies by the SDK's table, remembers nonces and events. ``down`` answers nothing."""

    clock: ManualClock
    keys: Keys
    url: str = URL
    app_id: str = APP
    suite: str = "gm"
    down: bool = False
    weakened: frozenset[str] = frozenset()
    taken: list[ReceivedEvent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def post(self, message: Message) -> Receipt:
        if self.down:
            return Receipt("unreachable", None, 1)
        try:
            self.taken.append(require_event(self.case(message), self.weakened))
        except Problem as problem:
            self.refused.append(problem.code)
            return Receipt("answered", problem.kind.status, 1)
        return Receipt("delivered", 204, 1)

    def case(self, message: Message) -> EventCase:
        return EventCase(
            self.url, self.app_id, message.headers, message.body, self._key_of, self.clock.now_s(), 300, self._is_new
        )

    def _key_of(self, kid: str) -> keypairs.PublicKey | None:
        key = self.keys.signing(self.suite).public
        return key if key.kid == kid else None

    def _is_new(self, nonce: str) -> bool:
        return nonce not in self.nonces and not self.nonces.add(nonce)  # type: ignore[func-returns-value]


class House:
    """A store with its log of events, and the thread's work done when the test says so."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = ManualClock(MORNING_S)
        self.keys = Keys()
        self.policy = Policy()
        self.events = Events(store, self.clock, self.policy.event_give_up_s)
        self.shop = Shop(self.clock, self.keys)
        self.others: dict[str, Shop] = {}
        self.dead: list[tuple[str, int]] = []
        self.delivery = Delivery(
            lambda _: self.keys, self.clock, self.policy, self._post,  # type: ignore[arg-type, return-value]
            lambda db, app_id, dead: self.dead.append((app_id, dead)),
        )  # fmt: skip
        self._numbers = itertools.count(1)

    def subscribe(self, app_id: str = APP, url: str = URL) -> None:
        with self.store.write() as db:
            subscribe(db, app_id, url, "gm")

    def publish(self, app_id: str = APP, count: int = 1) -> list[str]:
        with self.store.write() as db:
            return [
                self.events.publish(db, app_id, "consent.revoked", f"con_{next(self._numbers)}", {"reason": "user"})
                for _ in range(count)
            ]

    def deliver(self) -> None:
        self.delivery.deliver_due(self.store)

    def states(self, app_id: str = APP) -> list[str]:
        return [each.state for each in reversed(self.listed(app_id))]

    def listed(self, app_id: str = APP) -> list[Event]:
        return self.events.of_application(app_id, 100)

    def _post(self, message: Message) -> Receipt:
        return self.others.get(message.url, self.shop).post(message)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    store = Store(tmp_path / "bank.db")
    store.prepare(EVENTS)
    yield House(store)
    store.close()
