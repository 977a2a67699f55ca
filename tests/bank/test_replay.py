"""What may be used once is used once, over all processes."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from bank_sim import replay
from bank_sim.replay import ReplayGuard
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature
from bank_sim.store import Store
from tests.bank.conftest import OpenStore, in_processes


def guard_of(store: Store) -> ReplayGuard:
    store.prepare(replay.SCHEMA)
    return ReplayGuard(store)


def test_a_value_burns_once_in_its_scope(open_store: OpenStore) -> None:
    guard = guard_of(open_store())
    assert guard.burn("nonce:a", "n1", 400, 100)
    assert not guard.burn("nonce:a", "n1", 400, 100)
    assert not guard.burn("nonce:a", "n1", 999, 399)
    assert guard.burn("nonce:b", "n1", 400, 100)
    assert guard.burn("nonce:a", "n2", 400, 100)


def test_values_that_expired_are_forgotten_and_others_are_not(open_store: OpenStore) -> None:
    store = open_store()
    guard = guard_of(store)
    for number in range(400):
        assert guard.burn("nonce:a", str(number), 300 if number % 2 else 10_000, 0)
    for number in range(600):
        guard.burn("nonce:b", str(number), 10_000, 5_000)
    assert store.read("SELECT count(*) FROM burned WHERE scope = 'nonce:a'") == [(200,)]
    assert not guard.burn("nonce:a", "0", 10_000, 5_000)


def test_a_nonce_is_remembered_for_as_long_as_its_message_could_be_fresh(open_store: OpenStore) -> None:
    guard, window_s = guard_of(open_store()), 300
    early, late = (ReceivedSignature("sig1", (), at_s, "n", f"app.{at_s}", None, b"", "") for at_s in (700, 1300))
    for signature in (early, late):
        guard.burn_nonce(signature, window_s, 1000)
        with pytest.raises(Problem, match="NONCE_REPLAYED"):
            guard.burn_nonce(signature, window_s, signature.created_s + window_s)
    assert guard.burn("nonce:another", "n", 2000, 1000)


def burn_all(path: Path, winners: int) -> None:
    """Try every value, and write those that this process won to a pipe."""
    store = Store(path, "OFF")
    guard = ReplayGuard(store)
    for value in range(300):
        if guard.burn("nonce:a", str(value), 1000, 0):
            os.write(winners, value.to_bytes(2))
    store.close()


def test_four_processes_race_for_each_value_and_one_wins(open_store: OpenStore, tmp_path: Path) -> None:
    guard_of(open_store())
    read_end, write_end = os.pipe()
    codes = in_processes(*[partial(burn_all, tmp_path / "test.db", write_end)] * 4)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        won = pipe.read()
    assert codes == [0] * 4
    assert sorted(won[at : at + 2] for at in range(0, len(won), 2)) == [value.to_bytes(2) for value in range(300)]
