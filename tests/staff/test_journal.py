"""The staff's journal: what was done cannot be undone in writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bank_sim import staff
from bank_sim.staff import journal
from bank_sim.staff.journal import JournalEntry
from bank_sim.store import Store

ENTRY = JournalEntry(
    at_ms=1, login_name="chen", role="operator", action="suspend_application", subject="app_x",
    reason="because", trace_id="t", source="127.0.0.1",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "bank.db")
    store.prepare(staff.SCHEMA)
    yield store
    store.close()


def write(store: Store, count: int = 5) -> None:
    for number in range(count):
        with store.write() as db:
            journal.append(db, msgspec.structs.replace(ENTRY, at_ms=number, subject=f"app_{number}"))


@pytest.mark.clause("12.3-1.3")
def test_a_journal_as_it_was_written_holds(store: Store) -> None:
    write(store)
    verdict = journal.verify(store)
    assert (verdict.count, verdict.holds) == (5, True)
    assert [each.serial for each in journal.newest(store)] == [5, 4, 3, 2, 1]


@pytest.mark.clause("12.3-1.3")
@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        ("UPDATE staff_journal SET reason = 'nothing' WHERE serial = 3", 3),
        ("UPDATE staff_journal SET login_name = 'lin' WHERE serial = 5", 5),
        ("DELETE FROM staff_journal WHERE serial = 2", 2),
        ("DELETE FROM staff_journal WHERE serial = 5", 5),
        ("UPDATE staff_journal SET hash = zeroblob(32) WHERE serial = 1", 1),
    ],
)
def test_tampering_is_found_where_it_happened(store: Store, tampering: str, first_bad: int) -> None:
    write(store)
    store.db.execute("DROP TRIGGER staff_journal_is_not_rewritten")
    store.db.execute("DROP TRIGGER staff_journal_is_not_shortened")
    store.db.execute(tampering)
    assert journal.verify(store).first_bad_serial == first_bad


def test_triggers_refuse_what_is_only_an_accident(store: Store) -> None:
    write(store, 1)
    for statement in ("UPDATE staff_journal SET reason = ''", "DELETE FROM staff_journal"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.db.execute(statement)


@pytest.mark.clause("12.3-1.2")
def test_a_number_of_a_customer_in_a_reason_is_masked_before_it_is_kept(store: Store) -> None:
    with store.write() as db:
        journal.append(db, msgspec.structs.replace(ENTRY, reason="6222990100000000017 called from 15400000001"))
    kept = journal.newest(store)[0].entry.reason
    assert "6222990100000000017" not in kept
    assert "15400000001" not in kept
    assert "called from" in kept
    assert journal.verify(store).holds


def test_the_journal_of_one_subject_and_older_entries(store: Store) -> None:
    write(store)
    assert [each.entry.subject for each in journal.newest(store, subject="app_2")] == ["app_2"]
    assert [each.serial for each in journal.newest(store, before=3)] == [2, 1]


def test_another_table_in_the_journals_place_is_no_journal(store: Store) -> None:
    write(store)
    store.db.execute("ALTER TABLE staff_journal ADD COLUMN note TEXT").fetchall()
    assert journal.verify(store).first_bad_serial == 1
