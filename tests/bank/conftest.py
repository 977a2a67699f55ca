"""Stores of the bank's own kind, closed when the test ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bank_sim.store import Store

OpenStore = Callable[..., Store]


def in_processes(*acts: Callable[[], object]) -> list[int]:
    """Run each act in a process of its own, all at once; their exit codes, 1 for an act that raised."""
    pids = [_forked(act) for act in acts]
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


def _forked(act: Callable[[], object]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return pid


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[OpenStore]:
    """Opens ``name`` (default test.db) in the test's folder, as often as wanted."""
    with ExitStack() as stack:

        def opened(name: str = "test.db", synchronous: str = "NORMAL", *, readonly: bool = False) -> Store:
            store = Store(tmp_path / name, synchronous, readonly=readonly)
            stack.callback(store.close)
            return store

        yield opened
