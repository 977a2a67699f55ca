"""The wallet put together: its parts, wired once, handed to the pages. It holds no rules and no pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from app_sim import agreements, debits, deletion, events, flows, journal, keyring, links, orderbook, retention, sessions
from app_sim.agreements import Agreements
from app_sim.bank import Bank, Clock, Problem, open_clock
from app_sim.config import AppConfig
from app_sim.debits import Debits
from app_sim.deletion import Deletion, Holder
from app_sim.embedding import OpenForms
from app_sim.events import Events
from app_sim.flows import Flows
from app_sim.journal import Journal
from app_sim.keyring import Keyring
from app_sim.links import Links
from app_sim.orderbook import OrderBook
from app_sim.payments import Payments
from app_sim.retention import Retention
from app_sim.sessions import Sessions
from app_sim.store import Store
from app_sim.vault import Vault


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
) -> Wallet:
    """Open a founded wallet. ``VaultClosed``: a wrong passphrase.

    ``transport`` and ``clock`` take the place of the wire to the bank and of the sandbox's time.
    """
    vault = Vault(config.keys, passphrase)
    clock, close_clock = (clock, _nothing_to_close) if clock else open_clock(config)

    def now_ms() -> int:
        return int(clock.now_s() * 1000)

    parts = (journal, retention, sessions, flows, links, orderbook, agreements, debits, events, keyring, deletion)
    store = Store(config.database, *(each.SCHEMA for each in parts))
    log = Journal(store, now_ms)
    bank = Bank(config, vault, clock, log.call, transport)
    held_links = Links(store, vault, bank, log, now_ms)
    held_agreements = Agreements(store, vault, bank, log, now_ms)
    book = OrderBook(store, log, now_ms)
    holder = Holder(
        store=store, vault=vault, bank=bank, journal=log, sessions=Sessions(config, store, log, now_ms),
        links=held_links, agreements=held_agreements, book=book,
    )  # fmt: skip
    own_deletion = Deletion(holder, now_ms)
    own_keys = Keyring(config, vault, store, bank, held_links.renew_access, now_ms)
    return Wallet(
        config=config,
        clock=clock,
        vault=vault,
        bank=bank,
        journal=log,
        sessions=holder.sessions,
        flows=Flows(config, store, vault, now_ms),
        links=held_links,
        agreements=held_agreements,
        debits=Debits(store, bank, held_agreements, log, now_ms),
        events=Events(
            store, bank, held_links, held_agreements, log, own_keys.heed_warning, own_deletion.of_everything, now_ms
        ),
        keyring=own_keys,
        deletion=own_deletion,
        retention=Retention(store, config.journal_days, now_ms),
        payments=Payments(book, vault, bank, held_links),
        open_forms=OpenForms(clock.now_s),
        store=store,
        close_clock=close_clock,
    )
