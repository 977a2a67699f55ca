"""A registry on a store of its own, with a vault, and a clock that tests turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bank_sim.clock import ManualClock
from bank_sim.config import Policy
from bank_sim.keys import Vault
from bank_sim.registry.applications import SCHEMA, Registry
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.published import published_apis
from bank_sim.store import Store


@dataclass
class Office:
    """Where applications are registered."""

    folder: Path
    store: Store
    vault: Vault
    clock: ManualClock
    registry: Registry

    def files(self) -> bytes:
        """Everything that lies on the disk."""
        return b"".join(each.read_bytes() for each in self.folder.iterdir() if each.is_file())


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.create(tmp_path_factory.mktemp("vault") / "vault", b"a passphrase")


@pytest.fixture
def office(tmp_path: Path, vault: Vault) -> Iterator[Office]:
    store = Store(tmp_path / "bank.db")
    store.prepare(SCHEMA)
    clock = ManualClock(1_769_824_800)
    yield Office(tmp_path, store, vault, clock, Registry(store, vault, clock, Policy(), Catalogue(published_apis())))
    store.close()
