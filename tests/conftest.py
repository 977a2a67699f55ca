"""A branch of the bank for tests of authorization, identity and pages, with a client and a browser at its counter."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bank_sim.bank import Secrets, unlock
from bank_sim.config import Config
from bank_sim.core.seeding import IssuedAccount
from bank_sim.founding import found_bank
from tests.branch import MORNING_S, PEOPLE, Branch
from tests.browser import Browser
from tests.client import Client


@pytest.fixture(scope="session")
def founded_branch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, Secrets, list[IssuedAccount]]:
    """One founding for every test to copy: stretching a passphrase and hashing passwords are slow by design."""
    config = branch_config(tmp_path_factory.mktemp("branch"))
    accounts = found_bank(config, b"a passphrase", PEOPLE, 7, MORNING_S)
    return config, unlock(config, b"a passphrase"), accounts


@pytest.fixture
def branch(tmp_path: Path, founded_branch: tuple[Config, Secrets, list[IssuedAccount]]) -> Iterator[Branch]:
    origin, opened, accounts = founded_branch
    config = branch_config(tmp_path)
    shutil.copytree(origin.folder, config.folder)
    branch = Branch(config, opened, accounts)
    yield branch
    branch.close()


@pytest.fixture
def client(branch: Branch) -> Client:
    return Client(branch)


@pytest.fixture
def browser(branch: Branch) -> Browser:
    return Browser(branch)


def branch_config(home: Path) -> Config:
    nothing = home / "no-listener-runs-here"
    return Config(home=home, ca_certificate=nothing, tls_certificate=nothing, tls_key=nothing)
