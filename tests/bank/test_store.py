"""The store's promises on transactions, with real files and, where it matters, real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from pathlib import Path

import pytest

from bank_sim.founding import SCHEMAS
from bank_sim.store import Store, append_only
from tests.bank.conftest import OpenStore, in_processes

SCHEMA = "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY) STRICT;"


def test_a_block_that_ends_is_kept_and_one_that_raises_is_not(open_store: OpenStore) -> None:
    store = open_store()
    store.prepare(SCHEMA)
    with store.write() as db:
        db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(RuntimeError, match="no"):
        insert_two_and_fail(store)
    assert store.read("SELECT n FROM t") == [(1,)]
    assert not store.db.conn.in_transaction


def insert_two_and_fail(store: Store) -> None:
    with store.write() as db:
        db.execute("INSERT INTO t VALUES (2)")
        raise RuntimeError("no")


def test_writes_do_not_nest(open_store: OpenStore) -> None:
    store = open_store()
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"), store.write(), store.write():
        pass
    assert not store.db.conn.in_transaction


def test_a_schema_may_be_prepared_again_and_may_hold_triggers(open_store: OpenStore) -> None:
    store = open_store()
    trigger = "CREATE TRIGGER IF NOT EXISTS stays BEFORE DELETE ON t\nBEGIN SELECT RAISE(ABORT, 'stays'); END;"
    for _ in range(2):
        store.prepare(SCHEMA, trigger)
    with store.write() as db:
        db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError, match="stays"), store.write() as db:
        db.execute("DELETE FROM t")


def test_half_a_statement_in_a_schema_is_refused(open_store: OpenStore) -> None:
    with pytest.raises(ValueError, match="within a statement"):
        open_store().prepare("CREATE TABLE t (n INTEGER)")


def test_a_writer_waits_for_another_instead_of_failing(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.prepare(SCHEMA)
    holds_the_lock, may_commit = threading.Event(), threading.Event()

    def hold() -> None:
        other = Store(tmp_path / "test.db")
        with other.write() as db:
            db.execute("INSERT INTO t VALUES (1)")
            holds_the_lock.set()
            may_commit.wait(10)
        other.close()

    holder = threading.Thread(target=hold)
    holder.start()
    holds_the_lock.wait(10)
    release = threading.Timer(0.05, may_commit.set)
    release.start()
    with store.write() as db:
        seen = db.execute("SELECT count(*) FROM t").fetchone()
        db.execute("INSERT INTO t VALUES (2)")
    holder.join()
    release.join()
    assert seen == (1,)


def test_a_killed_writer_leaves_nothing_half_done(open_store: OpenStore, tmp_path: Path) -> None:
    open_store().prepare(SCHEMA)

    def die_within_a_transaction() -> None:
        with Store(tmp_path / "test.db").write() as db:
            db.execute("INSERT INTO t VALUES (1)")
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_processes(die_within_a_transaction) == [-signal.SIGKILL]
    assert open_store().read("SELECT n FROM t") == []


def test_it_writes_ahead_and_as_durably_as_told(open_store: OpenStore) -> None:
    for synchronous, level in (("OFF", 0), ("NORMAL", 1), ("FULL", 2)):
        store = open_store(f"{synchronous}.db", synchronous)
        assert store.read("PRAGMA journal_mode") == [("wal",)]
        assert store.read("PRAGMA synchronous") == [(level,)]
        assert store.read("PRAGMA foreign_keys") == [(1,)]


def test_a_read_only_store_reads_and_cannot_write(open_store: OpenStore) -> None:
    writer = open_store()
    writer.prepare(SCHEMA)
    writer.close()
    reader = open_store(readonly=True)
    assert reader.read("SELECT n FROM t") == []
    with pytest.raises(sqlite3.OperationalError, match="readonly"), reader.write() as db:
        db.execute("INSERT INTO t VALUES (1)")


@pytest.mark.parametrize("statement", ["UPDATE t SET n = 2", "DELETE FROM t"])
def test_what_stands_in_an_append_only_table_is_neither_changed_nor_taken_away(
    open_store: OpenStore, statement: str
) -> None:
    store = open_store()
    store.prepare(SCHEMA, append_only("t"))
    with store.write() as db:
        db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), store.write() as db:
        db.execute(statement)
    assert store.read("SELECT n FROM t") == [(1,)]


@pytest.mark.clause("7.3.3-1.2")
def test_every_history_of_the_bank_is_append_only(open_store: OpenStore) -> None:
    store = open_store()
    store.prepare(*SCHEMAS)
    tables = [name for (name,) in store.read("SELECT name FROM sqlite_master WHERE type = 'table'")]
    triggers = {name for (name,) in store.read("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    histories = [name for name in tables if name.endswith("_history")]

    assert len(histories) > 5
    assert {f"{name}_{end}" for name in histories for end in ("stands", "stays")} - triggers == set()
