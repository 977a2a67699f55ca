"""The bank's parts, wired: what the gateway, the authorization server and the pages are given to work with.

One ``Bank`` a worker process, opened after ``fork``. It holds no behaviour of its own, and the core is in it only as
the operations behind ``corelink``, which whoever opens it hands in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from bank_sim.admission.admissions import Admissions, Desk
from bank_sim.admission.dossiers import Dossiers
from bank_sim.admission.volumes import agreed_volumes
from bank_sim.audit import AccessLog
from bank_sim.clock import Clock
from bank_sim.config import Config
from bank_sim.consent import ApiServices, Consents, Endings
from bank_sim.corelink import CoreLink, Operation
from bank_sim.events import Events
from bank_sim.events.model import TYPES
from bank_sim.identity import Identity
from bank_sim.identity.keypad import Keypads
from bank_sim.identity.sessions import end_forms_of
from bank_sim.interfaces import Interfaces
from bank_sim.keys import BankKeys, ClientAuthority, Custodian, Rotation, Vault
from bank_sim.messages import Outbox
from bank_sim.reconciliation import Purposes, Reconciliation
from bank_sim.records import Archives
from bank_sim.registry.applications import Registry
from bank_sim.registry.bank_key_news import telling
from bank_sim.registry.blacklist import Blacklist
from bank_sim.registry.catalogue import Catalogue, designs_of
from bank_sim.registry.certificates import Certificates
from bank_sim.registry.generation import Generation
from bank_sim.registry.lives import Lives
from bank_sim.registry.registration import Registration
from bank_sim.registry.rotation import ApplicationKeys
from bank_sim.registry.standing import Standings
from bank_sim.releases import Releases
from bank_sim.replay import ReplayGuard
from bank_sim.risk import Risk
from bank_sim.sandbox import Switches
from bank_sim.sandbox.faults import Faults
from bank_sim.sandbox.trace import Trace, open_trace
from bank_sim.sdk.tracing import Spans, Tracing, open_spans, untraced
from bank_sim.store import Store
from bank_sim.supervision.evidence import Evidence
from bank_sim.supervision.leaving import Exits, Means
from bank_sim.supervision.ratings import AppLimits
from bank_sim.supervision.supervisor import Supervisor
from bank_sim.supervision.witnessing import Witnessing
from bank_sim.throttle import Quotas, RemoteCounters, SharedCounters, Suspensions, Throttle
from bank_sim.tokens import Tokens


@dataclass(frozen=True)
class Secrets:
    """What the passphrase opens; loaded once, before the processes fork."""

    vault: Vault
    keys: BankKeys
    client_authority: ClientAuthority


def unlock(config: Config, passphrase: bytes) -> Secrets:
    """Open the vault and the keys. ``WrongPassphrase``, or ``FileNotFoundError`` where no bank was founded."""
    vault = Vault.open(config.vault_file, passphrase)
    keys = BankKeys.load(config.database, Custodian(config.keys_folder, vault))
    return Secrets(vault, keys, ClientAuthority.open(config.client_authority_file, vault))


def certificates_of(store: Store, clock: Clock, config: Config, events: Events, secrets: Secrets) -> Certificates:
    """The client certificates of this bank's applications; whose list of revoked ones lies at the gateway."""
    list_url = f"{config.gateway_url}/oauth/crl"
    return Certificates(store, clock, config.policy, events, secrets.client_authority, list_url)


@dataclass(frozen=True)
class Bank:
    """The wired parts. ``store`` is the main database, ``replay`` works on one of its own."""

    config: Config
    clock: Clock
    switches: Switches
    faults: Faults
    faults_generation: Generation
    store: Store
    replay_store: Store
    replay: ReplayGuard
    access_log: AccessLog
    archives: Archives
    keys: BankKeys
    keys_generation: Generation
    rotation: Rotation
    application_keys: ApplicationKeys
    certificates: Certificates
    vault: Vault
    lives: Lives
    interfaces: Interfaces
    registry: Registry
    blacklist: Blacklist
    blacklist_generation: Generation
    consents: Consents
    services: ApiServices
    tokens: Tokens
    outbox: Outbox
    events: Events
    releases: Releases
    standings: Standings
    admissions: Admissions
    supervisor: Supervisor
    evidence: Evidence
    witnessing: Witnessing
    exits: Exits
    app_limits: AppLimits
    risk: Risk
    identity: Identity
    keypads: Keypads
    corelink: CoreLink
    purposes: Purposes
    reconciliation: Reconciliation
    throttle: Throttle
    throttle_generation: Generation
    trace: Trace | None = None
    spans: Spans | None = None

    @property
    def tracing(self) -> Tracing:
        """What opens a span for a message that leaves the bank."""
        return self.spans.calling if self.spans is not None else untraced

    @property
    def catalogue(self) -> Catalogue:
        """The interfaces in service at this moment."""
        return self.lives.offer().catalogue

    def shown(self, weakened: frozenset[str]) -> frozenset[str]:
        """The defences that a page names as left out; a discreet sandbox says that there is one, and no more."""
        return frozenset({"?"}) if weakened and self.config.discreet else weakened

    def close(self) -> None:
        self.lives.close()
        if self.trace is not None:
            self.trace.close()
        if self.spans is not None:
            self.spans.close()
        self.faults.close()
        self.faults_generation.close()
        self.throttle.counters.close()
        self.throttle_generation.close()
        self.blacklist_generation.close()
        self.keys_generation.close()
        self.replay_store.close()
        self.store.close()


def open_bank(
    config: Config,
    clock: Clock,
    switches: Switches,
    secrets: Secrets,
    operations: Mapping[str, Operation],
    worker: int = 0,
) -> Bank:
    """Open the databases of a founded bank and wire its parts around them. ``worker``: of the gateway, from 0."""
    store = Store(config.database, config.synchronous)
    replay_store = Store(config.replay_database, "OFF")
    faults_generation = Generation(config.faults_generation_file)
    designs = designs_of(config.institution_code)
    targets = TYPES.union(each.api_id for each in designs)
    faults = Faults(config.faults_file, faults_generation.now, faults_generation.announce, targets)
    lives = Lives(store, designs, Generation(config.interfaces_generation_file))
    outbox = Outbox(secrets.vault, clock, config.policy.message_lifetime_s)
    generation = Generation(config.blacklist_generation_file)
    replay = ReplayGuard(replay_store)
    keys_generation = Generation(config.keys_generation_file)
    throttle_generation = Generation(config.throttle_generation_file)
    custodian = Custodian(config.keys_folder, secrets.vault)
    keys = secrets.keys.following(custodian, store, keys_generation.now)
    events = Events(store, clock, config.policy.event_give_up_s)
    certificates = certificates_of(store, clock, config, events, secrets)
    registry = Registry(
        store, secrets.vault, clock, config.policy, Catalogue(designs), certificates, config.identifier_seed
    )
    identity = Identity(store, clock, config.policy, secrets.vault, outbox, switches.weakened, origin=config.pages_url)
    endings = Endings(clock, events, end_forms_of)
    standings, access_log = Standings(store, clock, events), AccessLog(store)
    application_keys = ApplicationKeys(registry, secrets.vault, config.policy, config.gateway_url, events)
    tokens = Tokens(store, clock, config.policy, switches.weakened)
    means = Means(
        store=store,
        clock=clock,
        policy=config.policy,
        standings=standings,
        keys=application_keys,
        certificates=certificates,
        tokens=tokens,
        endings=endings,
        events=events,
        tell=identity.notify,
        weakened=switches.weakened,
    )
    reconciliation = Reconciliation(
        store, clock, config.policy, secrets.vault, keys, CoreLink(operations), registry.application
    )
    desk = Desk(
        store=store,
        clock=clock,
        policy=config.policy,
        catalogue=lambda: lives.offer().catalogue,
        registry=registry,
        certificates=certificates,
        standings=standings,
        keys=keys,
        access_log=access_log,
        weakened=switches.weakened,
    )
    return Bank(
        config=config,
        clock=clock,
        switches=switches,
        faults=faults,
        faults_generation=faults_generation,
        store=store,
        replay_store=replay_store,
        replay=replay,
        access_log=access_log,
        archives=Archives(config.archive_folder, config.policy),
        keys=keys,
        keys_generation=keys_generation,
        rotation=Rotation(custodian, config.policy, config.gateway_url, telling(events), keys_generation.announce),
        certificates=certificates,
        application_keys=application_keys,
        vault=secrets.vault,
        lives=lives,
        interfaces=Interfaces(
            store, clock, config.policy, lives, registry, events, keys, identity.notify, switches.weakened
        ),
        registry=registry,
        blacklist=Blacklist(store, clock, generation),
        blacklist_generation=generation,
        consents=Consents(store, clock, events, endings),
        services=ApiServices(store, clock, events, endings),
        tokens=tokens,
        outbox=outbox,
        events=events,
        releases=Releases(store, clock, events),
        standings=standings,
        admissions=Admissions(Dossiers(store, secrets.vault), desk),
        supervisor=Supervisor(store, clock, config.policy, events, switches.weakened),
        evidence=Evidence(store, clock, config.policy, events, access_log, switches.weakened),
        witnessing=Witnessing(store, clock, config.policy, keys, switches.weakened),
        exits=Exits(means),
        app_limits=AppLimits(store, config.policy),
        risk=Risk(config.policy, switches.weakened),
        identity=identity,
        keypads=Keypads(
            clock, secrets.vault, keys, replay, config.suite, config.policy.session_idle_s, switches.weakened
        ),
        corelink=CoreLink({**operations, **reconciliation.operations()}),
        purposes=Purposes(store, clock),
        reconciliation=reconciliation,
        throttle=throttle_of(config, store, clock, throttle_generation.now, worker),
        throttle_generation=throttle_generation,
        trace=open_trace(config.trace_file) if config.trace else None,
        spans=open_spans("bank", config.traces),
    )


def throttle_of(config: Config, store: Store, clock: Clock, generation: Callable[[], int], worker: int = 0) -> Throttle:
    """The limits of calls; ``worker``: whose calls are under way."""
    policy = config.policy
    here = SharedCounters(
        config.counters_file, clock.now_ms, worker, policy.quota_alarm_percent, policy.counted_keys_max
    )
    uri = config.counters_uri
    return Throttle(
        RemoteCounters(here, uri, policy.quota_alarm_percent) if uri else here,
        Quotas(store, policy, agreed_volumes, generation),
        Suspensions(store, generation),
        policy,
        clock,
    )


def admission(registry: Registry, keys: BankKeys) -> Callable[[Registration], dict[str, Any]]:
    """How an application party is admitted: its credentials, and with them the bank's public keys to pin."""

    def admit(document: Registration) -> dict[str, Any]:
        return {**msgspec.to_builtins(registry.register(document)), "bank_jwks": keys.jwks()}

    return admit
