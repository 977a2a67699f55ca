"""A bank for every test that asks for one, and a branch of it with a client and a browser at its counter.

And what keeps the suite quick: nothing is compiled twice, and what takes longest is begun first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bank_in_process import Founded
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client
from tests.compiled import share_compiled_templates

# So that no worker is left alone with a long file at the end; in this order.
LONGEST = (
    "tests/scenarios/test_lifecycle.py",
    "tests/chromium/test_customers_pages.py",
    "tests/chromium/test_professionals_pages.py",
    "tests/chromium/",
    "tests/loadtests/",
    "tests/scenarios/",
    "tests/theatre/",
    "tests/bank/test_process.py",
)


def pytest_configure() -> None:
    """The tests start some two hundred processes: where none may keep what it compiled, each compiles all modules."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    share_compiled_templates()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a third of a worker's time goes by in waiting for a browser or a party."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))


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
