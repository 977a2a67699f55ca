"""What the bank does without being asked: each in a thread and with a store of its own, for as long as a block runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from bank_sim import interfaces, risk, supervision
from bank_sim.admission.dossiers import agreed_calls_day
from bank_sim.admission.lapsing import Lapsing
from bank_sim.authorization.duties import consent_duties
from bank_sim.bank import Bank
from bank_sim.config import Config
from bank_sim.duties import Duties, Duty
from bank_sim.events import Event
from bank_sim.events.courier import Courier
from bank_sim.events.delivery import Delivery
from bank_sim.keys import BankKeys, Custodian
from bank_sim.messages import Dispatcher, SmsGateway
from bank_sim.monitor import Watch, alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.machine import Machine
from bank_sim.monitor.rules import rules_of
from bank_sim.premises import Premises
from bank_sim.records import archiving
from bank_sim.registry.key_warnings import KeyWarnings
from bank_sim.sandbox.faults import Strike
from bank_sim.sandbox.watching import watched_delivery, watched_post
from bank_sim.store import Store, Transaction


class _Work(Protocol):
    """``run`` opens a store in its thread and returns after ``stop``."""

    def run(self, open_store: Callable[[], Store]) -> None: ...

    def stop(self) -> None: ...


@contextmanager
def messages_going_out(premises: Premises, bank: Bank) -> Iterator[None]:
    """What lies in the outbox is sent."""
    config = premises.config
    sms = SmsGateway(config.sms_url, config.ca_certificate, bank.tracing)
    deliver = sms.deliver if bank.trace is None else watched_delivery(sms.deliver, bank.trace, premises.clock)
    dispatcher = Dispatcher(premises.secrets.vault, premises.clock, deliver, epoch=lambda: premises.block.epoch)
    with _running("messages", dispatcher, config):
        yield


@contextmanager
def events_going_out(premises: Premises, bank: Bank) -> Iterator[None]:
    """Events are delivered to applications."""
    config, weakened = premises.config, premises.switches.weakened
    courier = Courier(config.ca_certificate, config.own_ports, weakened=weakened, tracing=bank.tracing)
    undelivered = next(each for each in rules_of(config.policy) if each.name == "EVENTS_UNDELIVERED")

    def gave_up(db: Transaction, app_id: str, dead: int) -> None:
        alarms.strike(db, Finding(undelivered, app_id, dead), premises.clock.now_ms())

    def befalls(event: Event, kind: str) -> Strike | None:
        return bank.faults.strike_of(kind, event.app_id, event.type, premises.clock.now_ms())

    def keys_in(store: Store) -> BankKeys:
        custodian = Custodian(config.keys_folder, premises.secrets.vault)
        return premises.secrets.keys.following(custodian, store, bank.keys_generation.now)

    post = courier.post if bank.trace is None else watched_post(courier.post, bank.trace, premises.clock)
    with _running("events", Delivery(keys_in, premises.clock, config.policy, post, gave_up, befalls), config):
        yield


@contextmanager
def duties_performed(premises: Premises, bank: Bank) -> Iterator[Duties]:
    """What has fallen due is done."""
    duties = Duties(duties_of(premises, bank), premises.clock)
    with _running("duties", duties, premises.config):
        yield duties


@contextmanager
def access_log_watched(premises: Premises) -> Iterator[None]:
    """Alarms are raised though nobody looks at the console."""
    config = premises.config
    with _running("watch", Watch(premises.clock, config.policy, Machine().lost), config):
        yield


def duties_of(premises: Premises, bank: Bank) -> list[Duty]:
    """What falls due as virtual time passes, in the order in which it is done."""
    return [
        *interfaces.duties(bank.events, bank.lives, premises.config.policy),
        *consent_duties(bank),
        Duty("bank keys", bank.rotation.perform),
        Duty("admissions that lapse", Lapsing(premises.config.policy).perform),
        Duty("archives", archiving(premises.config, premises.clock, lambda: premises.block.epoch).perform),
        *supervision.duties(premises.config.policy, bank.events, bank.standings, agreed_calls_day),
        *risk.duties(premises.config.policy),
        Duty("reconciliation files", bank.reconciliation.close_days),
        Duty("warnings of ending keys", KeyWarnings(premises.config.policy, bank.events).perform),
    ]


@contextmanager
def _running(name: str, work: _Work, config: Config) -> Iterator[None]:
    thread = threading.Thread(target=work.run, args=(lambda: Store(config.database, config.synchronous),), name=name)
    thread.start()
    try:
        yield
    finally:
        work.stop()
        thread.join()
