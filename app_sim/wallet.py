"""The wallet put together: its parts, wired once, handed to the pages. It holds no rules and no pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from app_sim import (
    agreements,
    debits,
    deletion,
    events,
    flows,
    heartbeat,
    journal,
    keyring,
    links,
    orderbook,
    receipts,
    reconciliation,
    retention,
    sessions,
    tickets,
    witnessing,
)
from app_sim.agreements import Agreements
from app_sim.allowance import Allowance
from app_sim.bank import Bank, BankCall, Clock, Problem, Tracing, Wiring, open_clock, untraced
from app_sim.config import AppConfig
from app_sim.debits import Debits
from app_sim.deletion import Deletion, Holder
from app_sim.diagnostics import Diagnostics
from app_sim.embedding import OpenForms
from app_sim.events import Events
from app_sim.evidence import Evidence
from app_sim.flows import Flows
from app_sim.heartbeat import Heartbeat
from app_sim.journal import Journal
from app_sim.keyring import Keyring
from app_sim.links import Links
from app_sim.operators import Operators
from app_sim.orderbook import OrderBook
from app_sim.payments import Payments
from app_sim.receipts import Receipts
from app_sim.reconciliation import Reconciliation
from app_sim.retention import Retention
from app_sim.sessions import Sessions
from app_sim.store import Store
from app_sim.tickets import Tickets
from app_sim.vault import Vault
from app_sim.watch import Watch
from app_sim.witnessing import Witnessing


def _nothing_to_close() -> None:
    """A clock that was handed in is its owner's to close."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """Everything that a page may need."""

    config: AppConfig
    clock: Clock
    vault: Vault
    bank: Bank
    journal: Journal
    sessions: Sessions
    flows: Flows
    links: Links
    payments: Payments
    agreements: Agreements
    debits: Debits
    events: Events
    keyring: Keyring
    deletion: Deletion
    retention: Retention
    open_forms: OpenForms
    allowance: Allowance
    tickets: Tickets
    watch: Watch
    heartbeat: Heartbeat
    operators: Operators
    reconciliation: Reconciliation
    witnessing: Witnessing
    diagnostics: Diagnostics
    store: Store
    close_clock: Callable[[], None]

    def note_authorization(
        self, user_id: str, event: str, order_no: str | None, problem: Problem | None = None
    ) -> None:
        """Journal a step of an authorization that changes nothing in the wallet's tables."""
        with self.store.write() as db:
            self.journal.authorization(db, user_id, event, order_no, problem)

    def close(self) -> None:
        """Let go of connections and files; the database is left as of its last transaction."""
        self.bank.close()
        self.close_clock()
        self.store.close()


def open_wallet(
    config: AppConfig,
    passphrase: bytes,
    transport: httpx.BaseTransport | None = None,
    clock: Clock | None = None,
    tracing: Tracing = untraced,
    sleep: Callable[[float], None] = time.sleep,
) -> Wallet:
    """Open a founded wallet. ``VaultClosed``: a wrong passphrase.

    ``transport`` and ``clock`` take the place of the wire to the bank and of the sandbox's time. ``tracing`` opens a
    span for each message to the bank. ``sleep`` lets the pause before another try pass, in seconds.
    """
    vault = Vault(config.keys, passphrase)
    clock, close_clock = (clock, _nothing_to_close) if clock else open_clock(config)

    def now_ms() -> int:
        return int(clock.now_s() * 1000)

    parts = (
        journal, retention, sessions, flows, links, orderbook, agreements, debits, events, keyring, deletion, tickets,
        heartbeat, reconciliation, receipts, witnessing,
    )  # fmt: skip
    store = Store(config.database, *(each.SCHEMA for each in parts))
    log = Journal(store, now_ms)
    book = OrderBook(store, log, now_ms)
    held_tickets = Tickets(store, now_ms)
    watch = Watch(held_tickets, book, clock.now_s)

    def observe(call: BankCall) -> None:
        log.call(call)
        watch.called(call)

    wiring = Wiring(observe, watch.turned, sleep, transport, tracing, Receipts(store, now_ms).keep)
    bank = Bank(config, vault, clock, wiring)
    held_links = Links(store, vault, bank, log, now_ms)
    held_agreements = Agreements(store, vault, bank, log, now_ms)
    holder = Holder(
        store=store, vault=vault, bank=bank, journal=log, sessions=Sessions(config, store, log, now_ms),
        links=held_links, agreements=held_agreements, book=book,
    )  # fmt: skip
    own_deletion = Deletion(holder, now_ms)
    payments = Payments(book, vault, bank, held_links)
    own_debits = Debits(store, bank, held_agreements, log, now_ms)
    own_keys = Keyring(config, vault, store, bank, held_links.renew_access, now_ms)
    return Wallet(
        config=config,
        clock=clock,
        vault=vault,
        bank=bank,
        journal=log,
        sessions=holder.sessions,
        flows=Flows(config, store, vault, now_ms, bank.training.left_out),
        links=held_links,
        agreements=held_agreements,
        debits=own_debits,
        events=Events(
            store,
            bank,
            held_links,
            held_agreements,
            log,
            own_keys.heed_warning,
            own_deletion.of_everything,
            payments.hear,
            Evidence(store, bank),
            now_ms,
        ),
        keyring=own_keys,
        deletion=own_deletion,
        retention=Retention(store, config.journal_days, now_ms),
        payments=payments,
        open_forms=OpenForms(clock.now_s),
        allowance=Allowance(config.user_asks_per_min, clock.now_s),
        tickets=held_tickets,
        watch=watch,
        heartbeat=Heartbeat(store, bank, held_tickets, now_ms),
        operators=Operators(vault, clock.now_s),
        reconciliation=Reconciliation(store, bank, book, own_debits, log, held_tickets, now_ms),
        witnessing=Witnessing(store, bank, now_ms),
        diagnostics=Diagnostics(config.home, store, log, bank.training.left_out, clock.now_s),
        store=store,
        close_clock=close_clock,
    )
