"""A registry on a store of its own, with a vault, and a clock that tests turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bank_sim import events
from bank_sim.clock import ManualClock
from bank_sim.keys import ClientAuthority, Vault, custody
from bank_sim.keys.custody import Change
from bank_sim.policy import Policy
from bank_sim.registry import certificates, rotation, standing
from bank_sim.registry.applications import SCHEMA, Registry
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.published import published_apis
from bank_sim.registry.registration import OfferedKey
from bank_sim.registry.rotation import ApplicationKeys
from bank_sim.registry.standing import Standings
from bank_sim.store import Store


@dataclass
class Office:
    """Where applications are registered."""

    folder: Path
    store: Store
    vault: Vault
    clock: ManualClock
    registry: Registry
    standings: Standings
    keys: ApplicationKeys

    def add_key(self, app_id: str, offered: OfferedKey) -> str:
        with self.store.write() as db:
            return self.registry.insert_key(db, app_id, offered)

    def revoke_key(self, keyid: str) -> None:
        with self.store.write() as db:
            self.keys.revoke(db, keyid, Change("lin", "stolen", self.clock.now_ms()))

    def files(self) -> bytes:
        """Everything that lies on the disk."""
        return b"".join(each.read_bytes() for each in self.folder.iterdir() if each.is_file())


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.create(tmp_path_factory.mktemp("vault") / "vault", b"a passphrase")


@pytest.fixture
def office(tmp_path: Path, vault: Vault) -> Iterator[Office]:
    store = Store(tmp_path / "bank.db")
    store.prepare(SCHEMA, standing.SCHEMA, events.SCHEMA, custody.SCHEMA, rotation.SCHEMA, certificates.SCHEMA)
    clock = ManualClock(1_769_824_800)
    news = events.Events(store, clock, Policy().event_give_up_s)
    authority = ClientAuthority.mint(tmp_path / "client-ca.crt", vault, clock.now_s())
    issued = certificates.Certificates(store, clock, Policy(), news, authority, "https://localhost:8440/oauth/crl")
    registry = Registry(store, vault, clock, Policy(), Catalogue(published_apis()), issued)
    keys = ApplicationKeys(registry, vault, Policy(), "https://localhost:8440", news)
    yield Office(tmp_path, store, vault, clock, registry, Standings(store, clock, news), keys)
    store.close()
