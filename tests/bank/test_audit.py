"""The access log: complete, append-only, and chained so that no change goes unnoticed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bank_sim import audit
from bank_sim.audit import COLUMNS, AccessLog, AccessRecord, append, verify
from bank_sim.store import Store
from tests.bank.conftest import OpenStore, in_processes


class Undone(Exception):
    """Ends a transaction that shall leave nothing behind."""


def record(number: int = 1, **changes: Any) -> AccessRecord:
    facts: dict[str, Any] = {
        "trace_id": f"{number:032x}",
        "at_ms": 1_767_225_600_000 + number,
        "method": "GET",
        "path": "/api/accounts",
        "source": "127.0.0.1",
        "elapsed_us": 412,
        "status": 200,
        "result": "success",
        "app_id": "app_abcdefghijkl",
        "api_id": "accounts.list",
        "signature": "sig1=:c2lnbmF0dXJl:",
    }
    return AccessRecord(**(facts | changes))


def log_of(store: Store, count: int) -> Store:
    store.prepare(audit.SCHEMA)
    log = AccessLog(store)
    for number in range(1, count + 1):
        assert log.record(record(number)) == number
    return store


def unguarded(store: Store, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """What an administrator does who first drops the triggers."""
    with store.write() as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for sql, params in statements:
            db.execute(sql, params)


def test_records_count_up_and_the_chain_holds(open_store: OpenStore) -> None:
    verdict = verify(log_of(open_store(), 5))
    assert (verdict.count, verdict.first_bad_serial, verdict.holds) == (5, None, True)
    assert len(verdict.head) == 64


@pytest.mark.clause("9.3.2-2")
def test_the_uses_of_a_consent_are_the_calls_that_it_let_through(open_store: OpenStore) -> None:
    store = log_of(open_store(), 1)
    log = AccessLog(store)
    for changes in (
        {},
        {},
        {"result": "failure", "status": 429, "code": "RATE_LIMITED"},
        {"consent_id": "another"},
        {"api_id": "oauth.token", "u_api_id": "-"},
    ):
        log.record(record(2, **({"consent_id": "cs_1", "u_api_id": "OPC999990201000100000100"} | changes)))
    assert log.uses_of("cs_1") == 2
    assert log.uses_of("never given") == 0


@pytest.mark.clause("9.3.2-2")
def test_the_calls_under_a_consent_are_told_newest_first_with_the_refused_ones(open_store: OpenStore) -> None:
    store = log_of(open_store(), 1)
    log = AccessLog(store)
    under = {"consent_id": "cs_1", "u_api_id": "OPC999990201000100000100"}
    log.record(record(2, **under))
    log.record(record(3, **under, result="failure", status=403, code="SCOPE_INSUFFICIENT", api_id="accounts.limits"))
    log.record(record(4, consent_id="cs_1", api_id="oauth.token"))
    log.record(record(5, **(under | {"consent_id": "another"})))
    told = [(each.api_id, each.result, each.code, each.at_ms % 10) for each in log.calls_under("cs_1", 10)]
    assert told == [("accounts.limits", "failure", "SCOPE_INSUFFICIENT", 3), ("accounts.list", "success", None, 2)]
    assert [each.status for each in log.calls_under("cs_1", 1)] == [403]


def test_an_empty_log_holds(open_store: OpenStore) -> None:
    assert verify(log_of(open_store(), 0)).holds


def test_the_record_and_the_table_have_the_same_columns(open_store: OpenStore) -> None:
    store = log_of(open_store(), 1)
    columns = [row[1] for row in store.read("PRAGMA table_info(access_log)")]
    assert columns == [*COLUMNS, "hash"]


@pytest.mark.clause("7.3.3-2.1")
def test_the_six_facts_of_the_standard_cannot_be_missing(open_store: OpenStore) -> None:
    store = log_of(open_store(), 1)
    required = {row[1] for row in store.read("PRAGMA table_info(access_log)") if row[3]}
    # serial is the primary key, which SQLite fills.
    assert {"app_id", "api_id", "elapsed_us", "at_ms", "result"} <= required
    for fact in ("app_id", "api_id", "elapsed_us", "at_ms", "result"):
        with pytest.raises(sqlite3.IntegrityError, match=f"NOT NULL constraint failed: access_log.{fact}"):
            unguarded(store, (f"UPDATE access_log SET {fact} = NULL", ()))


@pytest.mark.clause("7.3.3-1.2")
def test_a_caller_nobody_knows_is_recorded_as_unknown(open_store: OpenStore) -> None:
    store = log_of(open_store(), 0)
    AccessLog(store).record(record(app_id=None, api_id=None, result="failure", code="KEY_UNKNOWN"))
    assert store.read("SELECT app_id, api_id, result FROM access_log") == [("-", "-", "failure")]


def test_the_record_shares_the_fate_of_its_callers_transaction(open_store: OpenStore) -> None:
    store = log_of(open_store(), 1)
    with suppress(Undone), store.write() as db:
        assert append(db, record(2)) == 2
        raise Undone
    assert verify(store).count == 1
    assert AccessLog(store).record(record(2)) == 2
    assert verify(store).holds


def test_rewriting_and_deleting_are_refused(open_store: OpenStore) -> None:
    store = log_of(open_store(), 3)
    for sql in ("UPDATE access_log SET status = 200", "DELETE FROM access_log"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), store.write() as db:
            db.execute(sql)
    assert verify(store).count == 3


ADMINISTRATORS: dict[str, tuple[tuple[str, ...], int]] = {
    "removes one": (("DELETE FROM access_log WHERE serial = 3",), 3),
    "removes the first": (("DELETE FROM access_log WHERE serial = 1",), 1),
    "cuts off the newest": (("DELETE FROM access_log WHERE serial > 4",), 5),
    "cuts off the newest and forgets the count": (
        ("DELETE FROM access_log WHERE serial > 4", "DELETE FROM sqlite_sequence WHERE name = 'access_log'"),
        5,
    ),
    "swaps two": (
        (
            "UPDATE access_log SET serial = 99 WHERE serial = 2",
            "UPDATE access_log SET serial = 2 WHERE serial = 3",
            "UPDATE access_log SET serial = 3 WHERE serial = 99",
        ),
        2,
    ),
    "copies one to the end": (
        ("INSERT INTO access_log SELECT 7, {rest} FROM access_log WHERE serial = 6",),
        7,
    ),
    "forgets who": (("UPDATE access_log SET app_id = '-' WHERE serial = 4",), 4),
    "hides a failure": (("UPDATE access_log SET result = 'failure' WHERE serial = 6",), 6),
    "renumbers": (("UPDATE access_log SET serial = serial + 1 WHERE serial > 5",), 6),
}


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_what_an_administrator_changes_is_found(open_store: OpenStore, name: str) -> None:
    store = log_of(open_store(), 6)
    statements, first_bad = ADMINISTRATORS[name]
    rest = ", ".join([*COLUMNS[1:], "hash"])
    unguarded(store, *((sql.format(rest=rest), ()) for sql in statements))
    assert verify(store).first_bad_serial == first_bad


def test_a_chain_rewritten_from_end_to_end_shows_in_the_head(open_store: OpenStore) -> None:
    original = verify(log_of(open_store("original.db"), 3))
    forged = open_store("forged.db")
    forged.prepare(audit.SCHEMA)
    for number in (1, 2, 3):
        AccessLog(forged).record(record(number, status=500 if number == 2 else 200))
    assert verify(forged).holds
    assert verify(forged).head != original.head


@pytest.fixture(scope="module")
def chained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of four records without triggers, as an administrator would have it."""
    path = tmp_path_factory.mktemp("chain") / "log.db"
    store = log_of(Store(path), 4)
    unguarded(store)
    store.close()
    return path


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(serial=st.integers(1, 4), column=st.sampled_from([*COLUMNS[1:], "hash"]), data=st.data())
def test_any_changed_byte_of_a_record_is_found(chained: Path, serial: int, column: str, data: st.DataObject) -> None:
    store = Store(chained)
    try:
        assert verify(store).holds
        ((before,),) = store.read(f"SELECT {column} FROM access_log WHERE serial = ?", (serial,))
        after = data.draw(changed(column, before))
        with suppress(Undone), store.write() as db:
            db.execute(f"UPDATE access_log SET {column} = ? WHERE serial = ?", (after, serial))
            found = verify(store).first_bad_serial
            raise Undone
        assert found == serial
    finally:
        store.close()


def changed(column: str, before: Any) -> st.SearchStrategy[Any]:
    """The value with something about it changed: a byte flipped, added or removed, a number moved, a NULL filled."""
    if column == "result":
        return st.just("failure")
    if isinstance(before, int):
        return st.integers(-(2**63), 2**63 - 1).filter(lambda number: number != before)
    if isinstance(before, bytes):
        return edits(before).filter(lambda value: value != before)
    return st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40).filter(lambda x: x != before)


@st.composite
def edits(draw: Callable[[st.SearchStrategy[Any]], Any], value: bytes) -> bytes:
    index = draw(st.integers(0, len(value) - 1))
    byte = draw(st.integers(0, 255))
    return draw(
        st.sampled_from(
            [
                value[:index] + bytes([byte]) + value[index + 1 :],
                value[:index] + value[index + 1 :],
                value + bytes([byte]),
            ]
        )
    )


def append_many(path: Path, name: str, count: int) -> None:
    store = Store(path)
    log = AccessLog(store)
    for number in range(count):
        log.record(record(number, source=name))
    store.close()


def test_four_processes_append_one_exact_chain(open_store: OpenStore, tmp_path: Path) -> None:
    store = log_of(open_store(), 0)
    path = tmp_path / "test.db"
    workers = [partial(append_many, path, f"worker {number}", 100) for number in range(4)]
    assert in_processes(*workers) == [0] * 4
    verdict = verify(store)
    assert (verdict.count, verdict.holds) == (400, True)
    assert store.read("SELECT source, count(*) FROM access_log GROUP BY source") == [
        (f"worker {number}", 100) for number in range(4)
    ]


def test_a_closed_log_is_verified_from_a_read_only_store(open_store: OpenStore) -> None:
    log_of(open_store(), 3).close()
    assert verify(open_store(readonly=True)).count == 3


@pytest.mark.clause("12.3-1.3")
def test_another_table_in_the_logs_place_is_no_log(open_store: OpenStore) -> None:
    store = log_of(open_store(), 2)
    unguarded(store, ("DROP TABLE access_log", ()), ("CREATE TABLE access_log (serial INTEGER)", ()))
    assert not verify(store).holds
