"""The bank's parts, wired: what the gateway, the authorization server and the pages are given to work with.

One ``Bank`` a worker process, opened after ``fork``. It holds no behaviour of its own, and the core is in it only as
the operations behind ``corelink``, which whoever opens it hands in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from bank_sim.audit import AccessLog
from bank_sim.clock import Clock
from bank_sim.config import Config
from bank_sim.consent import ApiServices, Consents
from bank_sim.corelink import CoreLink, Operation
from bank_sim.identity import Identity
from bank_sim.identity.keypad import Keypads
from bank_sim.keys import BankKeys, Vault
from bank_sim.messages import Outbox
from bank_sim.registry.applications import Registry
from bank_sim.registry.blacklist import Blacklist
from bank_sim.registry.catalogue import Catalogue, catalogue_of
from bank_sim.registry.generation import Generation
from bank_sim.registry.registration import Registration
from bank_sim.replay import ReplayGuard
from bank_sim.sandbox import Switches
from bank_sim.sandbox.trace import Trace, open_trace
from bank_sim.store import Store
from bank_sim.tokens import Tokens


@dataclass(frozen=True)
class Secrets:
    """What the passphrase opens; loaded once, before the processes fork."""

    vault: Vault
    keys: BankKeys


def unlock(config: Config, passphrase: bytes) -> Secrets:
    """Open the vault and the keys. ``WrongPassphrase``, or ``FileNotFoundError`` where no bank was founded."""
    vault = Vault.open(config.vault_file, passphrase)
    return Secrets(vault, BankKeys.load(config.keys_folder, vault))


@dataclass(frozen=True)
class Bank:
    """The wired parts. ``store`` is the main database, ``replay`` works on one of its own."""

    config: Config
    clock: Clock
    switches: Switches
    store: Store
    replay_store: Store
    replay: ReplayGuard
    access_log: AccessLog
    keys: BankKeys
    vault: Vault
    catalogue: Catalogue
    registry: Registry
    blacklist: Blacklist
    blacklist_generation: Generation
    consents: Consents
    services: ApiServices
    tokens: Tokens
    outbox: Outbox
    identity: Identity
    keypads: Keypads
    corelink: CoreLink
    trace: Trace | None = None

    def close(self) -> None:
        if self.trace is not None:
            self.trace.close()
        self.blacklist_generation.close()
        self.replay_store.close()
        self.store.close()


def open_bank(
    config: Config, clock: Clock, switches: Switches, secrets: Secrets, operations: Mapping[str, Operation]
) -> Bank:
    """Open the databases of a founded bank and wire its parts around them."""
    store = Store(config.database, config.synchronous)
    replay_store = Store(config.replay_database, "OFF")
    catalogue = catalogue_of(config.institution_code)
    outbox = Outbox(secrets.vault, clock, config.policy.message_lifetime_s)
    generation = Generation(config.blacklist_generation_file)
    replay = ReplayGuard(replay_store)
    return Bank(
        config=config,
        clock=clock,
        switches=switches,
        store=store,
        replay_store=replay_store,
        replay=replay,
        access_log=AccessLog(store),
        keys=secrets.keys,
        vault=secrets.vault,
        catalogue=catalogue,
        registry=Registry(store, secrets.vault, clock, config.policy, catalogue),
        blacklist=Blacklist(store, clock, generation),
        blacklist_generation=generation,
        consents=Consents(store, clock),
        services=ApiServices(store, clock),
        tokens=Tokens(store, clock, config.policy),
        outbox=outbox,
        identity=Identity(
            store, clock, config.policy, secrets.vault, outbox, switches.weakened, origin=config.pages_url
        ),
        keypads=Keypads(
            clock, secrets.vault, secrets.keys, replay, config.suite, config.policy.session_idle_s, switches.weakened
        ),
        corelink=CoreLink(operations),
        trace=open_trace(config.trace_file) if config.trace else None,
    )


def admission(registry: Registry, keys: BankKeys) -> Callable[[Registration], dict[str, Any]]:
    """How an application party is admitted: its credentials, and with them the bank's public keys to pin."""

    def admit(document: Registration) -> dict[str, Any]:
        return {**msgspec.to_builtins(registry.register(document)), "bank_jwks": keys.jwks()}

    return admit
