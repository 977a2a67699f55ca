"""The bank, its parties, an order in the making. Each test ends with books that balance and a log that holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bank_sim import audit
from bank_sim.bank import Secrets, unlock
from bank_sim.config import Config
from bank_sim.core.auditor import audit as audit_books
from bank_sim.core.seeding import IssuedAccount
from bank_sim.founding import found_bank
from tests.gateway.defects import Draft
from tests.gateway.party import PEOPLE, Party
from tests.gateway.town import MORNING_S, Town


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, Secrets, list[IssuedAccount]]:
    """One bank, founded as any sandbox is, for every test to copy: stretching a passphrase is slow by design."""
    config = _config(tmp_path_factory.mktemp("founded"))
    accounts = found_bank(config, b"a passphrase", PEOPLE, 7, MORNING_S)
    return config, unlock(config, b"a passphrase"), accounts


@pytest.fixture
def town(tmp_path: Path, founded: tuple[Config, Secrets, list[IssuedAccount]]) -> Iterator[Town]:
    origin, opened, accounts = founded
    config = _config(tmp_path)
    shutil.copytree(origin.folder, config.folder)
    town = Town(config, opened, accounts)
    yield town
    assert audit.verify(town.store).holds
    assert audit_books(town.store.db.conn).findings == ()
    town.close()


def _config(home: Path) -> Config:
    unused = home / "no-listener-runs-here"
    return Config(home=home, ca_certificate=unused, tls_certificate=unused, tls_key=unused)


@pytest.fixture(params=["gm", "intl"])
def suite(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def party(town: Town) -> Party:
    return Party(town, "intl")


@pytest.fixture
def thief(town: Town) -> Party:
    return Party(town, "intl", name="thief")


@pytest.fixture
def draft(town: Town, party: Party) -> Draft:
    return Draft(town, party, town.consent(party))


@pytest.fixture
def new_party(town: Town) -> Callable[..., Party]:
    return lambda suite="intl", **changes: Party(town, suite, **changes)
