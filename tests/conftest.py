"""A bank for every test that asks for one, and a branch of it with a client and a browser at its counter.

And what keeps the suite quick: nothing is compiled twice, and what takes longest is begun first.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bank_in_process import Founded
from tests.branch import Branch
from tests.browser import Browser
from tests.client import Client
from tests.compiled import build_addresses_late, share_compiled_templates

# What shares a started sandbox stays together on one worker, which alone starts it. The longest are begun first, so
# that no worker is left alone with one at the end; in this order. The first line that fits a test is its own.
TOGETHER = (
    (
        "tests/chromium/test_customers_pages.py",
        "tests/chromium/test_second_factors.py",
        "tests/chromium/test_embedded_form.py",
    ),
    ("tests/chromium/",),
    (
        "tests/scenarios/test_scenarios.py",
        "tests/scenarios/test_residues.py",
        "tests/scenarios/test_cli.py",
    ),
    (
        "tests/scenarios/test_proofs.py",
        "tests/scenarios/test_range_scenes.py",
        "tests/scenarios/test_clauses_report.py",
    ),
    ("tests/scenarios/test_lifecycle.py",),
    ("tests/loadtests/",),
    ("tests/theatre/",),
    (
        "tests/scenarios/test_backups.py",
        "tests/scenarios/test_snapshots.py",
        "tests/scenarios/test_verification.py",
    ),
    ("tests/range/",),
    ("tests/docs/",),
    ("tests/user/",),
    ("tests/scenarios/test_reset.py",),
    ("tests/scenarios/test_demo.py",),
    ("tests/scenarios/test_clauses_honest.py",),
    ("tests/bank/test_process.py",),
    ("tests/portal/test_in_a_sandbox.py",),
)


MEMORY = Path("/dev/shm")
MEMORY_FREE_MIN = 8 << 30


def pytest_configure() -> None:
    """The tests start some two hundred processes: where none may keep what it compiled, each compiles all modules.

    They found two thousand banks: where memory serves as a disk, each waits for none.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_FREE_MIN:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    share_compiled_templates()
    build_addresses_late()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a third of a worker's time goes by in waiting for a browser or a party."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Workers are handed files, as ``--dist loadfile`` has it, except for those that stay together."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            rank = _rank(nodeid)
            return TOGETHER[rank][0] if rank < len(TOGETHER) else nodeid.partition("::")[0]

    return Together(config, log) if config.getoption("dist") == "loadfile" else None


def _rank(nodeid: str) -> int:
    return next((rank for rank, starts in enumerate(TOGETHER) if nodeid.startswith(starts)), len(TOGETHER))


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
