"""A bank for every test that asks for one, and a branch of it with a client and a browser at its counter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bank_in_process import Founded
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client


@pytest.fixture(scope="session")
def founding(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """One founding for every test to copy: stretching a passphrase and hashing passwords are slow by design."""
    return Founded.new(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def founded(founding: Founded, tmp_path: Path) -> Founded:
    """The bank in a home of the test's own."""
    return founding.copied_to(tmp_path)


@pytest.fixture
def branch(founded: Founded) -> Iterator[Branch]:
    branch = Branch(founded)
    yield branch
    branch.close()


@pytest.fixture
def client(branch: Branch) -> Client:
    return Client(branch)


@pytest.fixture
def browser(branch: Branch) -> Browser:
    return Browser(branch)
