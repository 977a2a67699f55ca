"""Before a bank can open: its folders, keys and tables, its customers with their accounts, its first applications.

It runs while no bank does, in the process of whoever founds the sandbox. A founded bank is not founded over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Protocol

import msgspec

from bank_sim import admission as admissions
from bank_sim import (
    audit,
    events,
    idempotency,
    identity,
    messages,
    monitor,
    reconciliation,
    records,
    releases,
    replay,
    risk,
    staff,
    supervision,
    throttle,
    tokens,
)
from bank_sim import consent as consents
from bank_sim import interfaces as lives_of_interfaces
from bank_sim.bank import admission, certificates_of, unlock
from bank_sim.clock import Clock
from bank_sim.config import Config
from bank_sim.core import schema as core_schema
from bank_sim.core.customers import Person as Customer
from bank_sim.core.seeding import IssuedAccount, seed, seed_payees
from bank_sim.events import Events
from bank_sim.identity import Identity
from bank_sim.keys import SCHEMA as KEYS_SCHEMA
from bank_sim.keys import ClientAuthority, Custodian, Rotation, Vault
from bank_sim.messages import Outbox
from bank_sim.registry import applications, blacklist, certificates, key_warnings, rotation, standing
from bank_sim.registry.applications import Registry
from bank_sim.registry.catalogue import Catalogue, designs_of
from bank_sim.registry.registration import read_registration
from bank_sim.releases import Releases
from bank_sim.sandbox.faults.asking import payees
from bank_sim.sdk.manifest import this_build
from bank_sim.staff import Newcomer
from bank_sim.store import Store, Transaction

SCHEMAS = (
    core_schema.SCHEMA,
    applications.SCHEMA,
    standing.SCHEMA,
    blacklist.SCHEMA,
    consents.SCHEMA,
    tokens.SCHEMA,
    identity.SCHEMA,
    idempotency.SCHEMA,
    throttle.SCHEMA,
    messages.SCHEMA,
    audit.SCHEMA,
    monitor.SCHEMA,
    staff.SCHEMA,
    admissions.SCHEMA,
    events.SCHEMA,
    releases.SCHEMA,
    KEYS_SCHEMA,
    rotation.SCHEMA,
    key_warnings.SCHEMA,
    certificates.SCHEMA,
    lives_of_interfaces.SCHEMA,
    records.SCHEMA,
    supervision.SCHEMA,
    risk.SCHEMA,
    reconciliation.SCHEMA,
)


class Person(Protocol):
    """Somebody who becomes a customer: what the bank takes down at its counter, and the login it agrees with them."""

    @property
    def name(self) -> str: ...
    @property
    def id_number(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def login_name(self) -> str: ...
    @property
    def password(self) -> str: ...


class AlreadyFounded(Exception):
    """There is a bank in this home; nothing was changed."""


def found_bank(
    config: Config,
    passphrase: bytes,
    people: Sequence[Person],
    seed_number: int,
    now_s: float,
    colleagues: Sequence[Newcomer] = (),
) -> list[IssuedAccount]:
    """Found a bank in ``config.folder``: keys, tables, products, each person as a customer with three accounts, staff.

    ``AlreadyFounded`` if one is there. A founding that was cut short leaves no database, and is simply done again.
    """
    if config.database.exists():
        raise AlreadyFounded(f"There is a bank in {config.folder} already.")
    for folder in (config.folder, config.keys_folder, config.log_file.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault = Vault.create(config.vault_file, passphrase)
    ClientAuthority.mint(config.client_authority_file, vault, now_s)
    with closing(Store(config.replay_database, "OFF")) as store:
        store.prepare(replay.SCHEMA)
    draft = config.database.with_suffix(".founding")
    draft.unlink(missing_ok=True)
    with closing(Store(draft)) as store:
        store.prepare(*SCHEMAS)
        issued = _enrol(store, config, vault, people, seed_number, now_s)
        with store.write() as db:
            _first_keys(db, config, vault, now_s)
            for each in colleagues:
                staff.enrol(db, each)
            _first_sdk(store, db, config, now_s)
            lives_of_interfaces.found(db, designs_of(config.institution_code), int(now_s * 1000))
        _fold_back(store)
    draft.replace(config.database)
    return issued


def register_application(
    config: Config, passphrase: bytes, registration: Mapping[str, Any], now_s: float
) -> dict[str, Any]:
    """Admit an application while the bank is closed: its credentials, and ``bank_jwks`` for it to pin.

    ``registration`` is the document of ``registry.registration``; ``Problem`` says what is refused about it.
    """
    secrets = unlock(config, passphrase)
    clock = _standing(now_s)
    with closing(Store(config.database, config.synchronous)) as store:
        catalogue = Catalogue(designs_of(config.institution_code))
        events = Events(store, clock, config.policy.event_give_up_s)
        certificates = certificates_of(store, clock, config, events, secrets)
        registry = Registry(store, secrets.vault, clock, config.policy, catalogue, certificates, config.identifier_seed)
        return admission(registry, secrets.keys)(read_registration(msgspec.json.encode(registration)))


def _enrol(
    store: Store, config: Config, vault: Vault, people: Sequence[Person], seed_number: int, now_s: float
) -> list[IssuedAccount]:
    """Customers in the core, and for each a login at identity, in one transaction."""
    clock = _standing(now_s)
    outbox = Outbox(vault, clock, config.policy.message_lifetime_s)
    logins = Identity(store, clock, config.policy, vault, outbox)
    customers = [Customer(each.name, each.id_number, each.phone) for each in people]
    with store.write() as db:
        issued = seed(db.conn, customers, clock.now_ms(), vault.seal, seed_number, config.policy)
        customer_ids = {each.person_index: each.customer_id for each in issued}
        for index, person in enumerate(people):
            logins.enrol(db, customer_ids[index], person.login_name, person.password, person.phone)
        if config.aids:
            seed_payees(db.conn, [(each.name, each.account) for each in payees()], clock.now_ms(), vault.seal)
    return issued


def _first_keys(db: Transaction, config: Config, vault: Vault, now_s: float) -> None:
    """The bank's own key pairs; what a founding that was cut short has left of others is destroyed."""
    custodian = Custodian(config.keys_folder, vault)
    for kid in custodian.kept():
        custodian.destroy(kid)
    Rotation(custodian, config.policy, config.gateway_url, lambda *_: None).found(db, int(now_s * 1000))


def _first_sdk(store: Store, db: Transaction, config: Config, now_s: float) -> None:
    """The build of the SDK that this bank publishes, which is the one in its own tree."""
    clock = _standing(now_s)
    published = Events(store, clock, config.policy.event_give_up_s)
    Releases(store, clock, published).publish(db, this_build(), "bank")


def _fold_back(store: Store) -> None:
    """Move the write-ahead log into the database file, which is about to be renamed."""
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _standing(now_s: float) -> Clock:
    return Clock(machine_s=lambda: now_s)
