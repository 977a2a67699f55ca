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
from bank_sim.consent import Consents
from bank_sim.corelink import CoreLink, Operation
from bank_sim.identity import Identity
from bank_sim.keys import BankKeys, Vault
from bank_sim.messages import Outbox
from bank_sim.registry.applications import Registry
from bank_sim.registry.catalogue import Catalogue, catalogue_of
from bank_sim.registry.registration import Registration
from bank_sim.replay import ReplayGuard
from bank_sim.sandbox import Switches
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
    consents: Consents
    tokens: Tokens
    outbox: Outbox
    identity: Identity
    corelink: CoreLink

    def close(self) -> None:
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
    return Bank(
        config=config,
        clock=clock,
        switches=switches,
        store=store,
        replay_store=replay_store,
        replay=ReplayGuard(replay_store),
        access_log=AccessLog(store),
        keys=secrets.keys,
        vault=secrets.vault,
        catalogue=catalogue,
        registry=Registry(store, secrets.vault, clock, config.policy, catalogue),
        consents=Consents(store, clock),
        tokens=Tokens(store, clock, config.policy),
        outbox=outbox,
        identity=Identity(store, clock, config.policy, secrets.vault, outbox, switches.weakened),
        corelink=CoreLink(operations),
    )


def admission(registry: Registry, keys: BankKeys) -> Callable[[Registration], dict[str, Any]]:
    """How an application party is admitted: its credentials, and with them the bank's public keys to pin."""

    def admit(document: Registration) -> dict[str, Any]:
        return {**msgspec.to_builtins(registry.register(document)), "bank_jwks": keys.jwks()}

    return admit
