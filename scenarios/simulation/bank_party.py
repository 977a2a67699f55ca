"""The bank as one process: opened from its files, served letters, let do what is due, and killed at the worst moment.

It dies between two statements of its own: before or behind the commit of one of its transactions. What was committed
lies in its files, all else is lost, and it is opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import httpx
from flask import Flask

from bank_sim import __main__ as root
from bank_sim import authserver, ebank, gateway
from bank_sim.background import duties_of
from bank_sim.duties import Duties
from bank_sim.events.courier import Receipt
from bank_sim.events.delivery import Delivery
from bank_sim.events.message import Message as EventMessage
from bank_sim.messages import Dispatcher, Message
from bank_sim.monitor import Watch
from bank_sim.premises import Premises
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.store import Store, Transaction
from scenarios.simulation.foundation import GATEWAY, PAGES, Foundation, bank_config
from scenarios.simulation.instants import PartyClock
from scenarios.simulation.serving import served
from scenarios.simulation.wire import BROKEN, Answer, Letter, Wire

# As the courier of the real bank waits for an application (``events.courier``).
_EVENT_PATIENCE_S = 6.0


class Died(BaseException):
    """The process of the bank is no more."""


class BankParty:
    """``deliver`` takes a message to a phone, or raises as a mobile network does."""

    def __init__(
        self,
        founded: Foundation,
        clock: PartyClock,
        wire: Wire,
        deliver: Callable[[Message], None],
    ) -> None:
        self.clock = clock
        self._founded, self._wire, self._deliver = founded, wire, deliver
        self.config = bank_config(founded.home, founded.suite)
        self.deaths = 0
        self._writes_left: int | None = None
        self._is_dead = False
        self._block = ControlBlock(self.config.control_file)
        self.switches = Switches(self._block, self.config.weakened_file, root._DEFENCES)
        self._premises = Premises(self.config, founded.opened, self._block, clock, self.switches, {}, {})
        self._open()

    def weaken(self, names: tuple[str, ...]) -> None:
        """Leave out these defences. ``Problem`` PARAM_INVALID where there is no such."""
        self.switches.weaken(names)

    def serve(self, letter: Letter) -> Answer:
        """Answer a letter to the gateway or the pages; ``BROKEN`` if the bank dies over it."""
        app, origin = (self._gateway, GATEWAY) if letter.receiver == "gateway" else (self._pages, PAGES)
        try:
            answer = served(app, letter, origin)
        except Died:
            answer = BROKEN
        return self._risen() if self._is_dead else answer

    def die_after(self, writes: int) -> None:
        """Let the bank die at one of its next transactions: even numbers before its commit, odd ones behind it."""
        self._writes_left = writes

    def perform_duties(self) -> None:
        """Do what has fallen due, and look at the log."""
        self._guarded(lambda: self._duties.perform(self.bank.store))
        self._guarded(lambda: self._watch.look(self.bank.store))

    def send_messages(self) -> None:
        """Deliver what lies in the outbox."""
        self._guarded(lambda: self._dispatcher.deliver_due(self.bank.store))

    def send_events(self) -> None:
        """Settle what has come back from applications, send what is due."""
        self._couriers.give_up()
        self._guarded(lambda: self._delivery.step(self.bank.store, self.bank.keys, self._couriers))

    def close(self) -> None:
        self.bank.close()
        self._block.close()

    def _open(self) -> None:
        config = self.config
        self.bank = root._bank(self._premises)
        self.bank.throttle.counters.vacate(0)
        self._make_mortal(self.bank.store)
        self._gateway: Flask = gateway.create_app(self.bank, authserver.blueprint(self.bank))
        self._pages: Flask = ebank.create_app(self.bank)
        self._duties = Duties(duties_of(self._premises, self.bank), self.clock)
        self._watch = Watch(self.clock, config.policy)
        self._dispatcher = Dispatcher(self._founded.opened.vault, self.clock, self._deliver, monotonic=self._wire.now_s)
        self._couriers = _Couriers(self._wire)
        self._delivery = Delivery(lambda _: self.bank.keys, self.clock, config.policy, _posted_by_the_wire, _no_alarm)

    def _make_mortal(self, store: Store) -> None:
        write = store.write

        @contextmanager
        def mortal() -> Iterator[Any]:
            self._live()
            with write() as db:
                yield db
                if self._writes_left is not None and self._writes_left <= 1:
                    self._die_if(self._writes_left == 0)
            if self._writes_left is not None:
                self._die_if(self._writes_left == 1)
                self._writes_left -= 2

        setattr(store, "write", mortal)  # noqa: B010 - the one method that everything durable passes

    def _live(self) -> None:
        if self._is_dead:
            raise Died

    def _die_if(self, now: bool) -> None:
        self._is_dead = self._is_dead or now
        self._live()

    def _guarded(self, do: Callable[[], object]) -> None:
        try:
            do()
        except Died:
            self._is_dead = True
        if self._is_dead:
            self._risen()

    def _risen(self) -> Answer:
        """Opened anew from what lies on the disk."""
        self.bank.close()
        self._is_dead, self._writes_left = False, None
        self.deaths += 1
        self._open()
        return BROKEN


class _Couriers(Executor):
    """In the place of threads that post and wait: what they would post is a letter, and its answer their receipt."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._out: list[tuple[Future[Any], float]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        (message,) = args
        future: Future[Any] = Future()
        sent_s = self._wire.now_s()

        def heed(answer: Answer) -> None:
            if not future.done():
                future.set_result(_receipt(answer, self._wire.now_s() - sent_s))

        request = httpx.Request("POST", message.url, headers=message.headers, content=message.body)
        self._wire.send("bank", request, heed)
        self._out.append((future, sent_s + _EVENT_PATIENCE_S))
        return future

    def give_up(self) -> None:
        """Whoever has not answered in time does not any more."""
        for future, until_s in self._out:
            if until_s <= self._wire.now_s() and not future.done():
                future.set_result(Receipt("timed_out", None, int(_EVENT_PATIENCE_S * 1000)))
        self._out = [(future, until_s) for future, until_s in self._out if not future.done()]


def _receipt(answer: Answer, elapsed_s: float) -> Receipt:
    if answer is BROKEN:
        return Receipt("unreachable", None, int(elapsed_s * 1000))
    outcome = "delivered" if 200 <= answer.status < 300 else "answered"
    return Receipt(outcome, answer.status, int(elapsed_s * 1000))


def _posted_by_the_wire(message: EventMessage) -> Receipt:
    raise AssertionError(f"{message.url} is reached through letters alone")


def _no_alarm(_: Transaction, __: str, ___: int) -> None:
    """What becomes of dead letters is the console's to show, and no part of what is simulated."""
