"""What is over its time moves into archives that anybody can read, and nothing is forgotten too early."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlite_utils import Database

from bank_sim import audit
from bank_sim.monitor import alarms, verification
from bank_sim.policy import Policy
from bank_sim.records import DEFENCES
from bank_sim.records.chains import ACCESS_LOG, STAFF_JOURNAL
from bank_sim.records.searching import record, search
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import journal
from tests.records.conftest import RecordsRoom

JANUARY, FEBRUARY, DEEDS = (
    "access_log-2026-01-000000001-000000003.sqlite",
    "access_log-2026-02-000000004-000000005.sqlite",
    "staff_journal-2026-01-000000001-000000001.sqlite",
)


@pytest.mark.clause("11-4.1", "11-4.2", "12.3-1.1")
def test_a_month_that_is_over_its_time_moves_into_a_file_of_its_own(aged: RecordsRoom) -> None:
    assert [each.name for each in aged.files()] == [JANUARY, FEBRUARY, DEEDS]
    assert aged.live() == [6]
    assert aged.live("staff_journal") == [2]
    assert all(each.stat().st_mode & 0o777 == 0o400 for each in aged.files())


@pytest.mark.clause("12.3-1.3")
def test_the_chain_holds_across_archives_and_the_live_part(aged: RecordsRoom) -> None:
    live = audit.verify(aged.store)

    assert (live.holds, live.count) == (True, 6)
    assert journal.verify(aged.store).holds
    assert [(each.records, each.why) for each in aged.archives.verify(aged.store)] == [(3, None), (2, None), (1, None)]


@pytest.mark.clause("11-4.2", "10.1.1-2.4")
@pytest.mark.parametrize("days", [0, 200, 364, 365])
def test_within_a_year_nothing_moves(room: RecordsRoom, days: int) -> None:
    room.call(3)
    room.days(days)
    room.call()
    room.perform()

    assert room.live() == [1, 2, 3, 4]
    assert room.files() == []


def test_the_newest_record_stays_so_that_the_chain_goes_on_from_it(room: RecordsRoom) -> None:
    room.call(3)
    room.days(500)
    room.perform()
    room.call()

    assert room.live() == [3, 4]
    assert audit.verify(room.store).holds


def test_an_archive_can_be_read_without_the_bank(aged: RecordsRoom) -> None:
    path = aged.files()[0]
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        db = Database(connection)
        manifest = {row["name"]: row["value"] for row in db["manifest"].rows}
        rows = list(db["readable"].rows)

    assert (manifest["records"], manifest["period"], manifest["institution"]) == ("3", "2026-01", "C99999")
    assert manifest["start_hash"] == "00" * 32
    assert [row["beijing_time"] for row in rows] == ["2026-01-31 10:00:00"] * 3


def test_sqlite_utils_lists_what_is_in_an_archive(aged: RecordsRoom) -> None:
    command = [sys.executable, "-m", "sqlite_utils", "rows", str(aged.files()[0]), "manifest", "--csv"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "chain,access_log" in done.stdout


def _forget(room: RecordsRoom) -> str:
    return "DELETE FROM access_log WHERE serial = 2"


def _anchor(room: RecordsRoom, **changes: object) -> str:
    last = room.store.read("SELECT serial, hex(hash) FROM access_log ORDER BY serial DESC LIMIT 1 OFFSET 1")[0]
    facts = {"serial": last[0], "hash": f"x'{last[1]}'", "now": room.clock.now_ms()} | changes
    return (
        f"INSERT INTO chain_anchors VALUES ('access_log', {facts['serial']}, {facts['hash']}, 1, 0, {facts['now']},"
        " 'forged', x'00')"
    )


@pytest.mark.clause("11-4.2", "12.3-1.3")
@pytest.mark.parametrize(
    ("forbidden", "why"),
    [
        (_forget, "append-only"),
        (_anchor, "kept for its time"),
        (lambda room: _anchor(room, now=2**42, hash="x'00'"), "a record of its chain"),
        (lambda room: _anchor(room, now=2**42, serial=4), "a record of its chain"),
    ],
)
def test_the_database_refuses_to_forget_early(
    room: RecordsRoom, forbidden: Callable[[RecordsRoom], str], why: str
) -> None:
    room.call(4)
    before = room.store.read("SELECT * FROM access_log")

    with pytest.raises(sqlite3.IntegrityError, match=why), room.store.write() as db:
        db.execute(forbidden(room))

    assert room.store.read("SELECT * FROM access_log") == before


def test_an_anchor_stands_and_stays(aged: RecordsRoom) -> None:
    for statement in ("UPDATE chain_anchors SET file = 'x'", "DELETE FROM chain_anchors"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), aged.store.write() as db:
            db.execute(statement)


@pytest.mark.clause("11-4.2", "10.1.1-2.4")
@pytest.mark.parametrize("setting", [{"log_online_s": 180 * 86_400}, {"archive_kept_s": 365 * 86_400}])
def test_a_policy_that_keeps_less_than_the_law_asks_for_is_no_policy(setting: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(setting, Policy)


def _altered(path: Path) -> None:
    path.chmod(0o600)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE access_log SET source = '192.0.2.8'")
        db.commit()


def _shortened(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-4096])


@pytest.mark.clause("12.3-1.3")
@pytest.mark.parametrize(("spoil", "why"), [(_altered, "altered"), (_shortened, "altered"), (Path.unlink, "missing")])
def test_an_archive_that_is_not_what_its_anchor_says_is_named(
    aged: RecordsRoom, spoil: Callable[[Path], None], why: str
) -> None:
    spoil(aged.config.archive_folder / JANUARY)

    found = {each.file: each.why for each in aged.archives.verify(aged.store)}

    assert why in (found[JANUARY] or "")
    assert found[FEBRUARY] is None


@pytest.mark.clause("12.3-1.3")
def test_an_archive_in_anothers_place_is_found(aged: RecordsRoom) -> None:
    january, february = (aged.config.archive_folder / name for name in (JANUARY, FEBRUARY))
    january.unlink()
    february.rename(january)

    assert all(each.why for each in aged.archives.verify(aged.store) if each.file in (JANUARY, FEBRUARY))


@pytest.mark.clause("12.3-1.3")
def test_a_broken_chain_does_not_move_and_is_an_alarm(room: RecordsRoom) -> None:
    room.call(3)
    room.store.db.execute("DROP TRIGGER access_log_is_not_rewritten")
    room.store.db.execute("UPDATE access_log SET source = '192.0.2.8' WHERE serial = 2")
    room.days(420)
    room.call()
    room.perform()
    room.perform()

    assert room.live() == [1, 2, 3, 4]
    assert room.files() == []
    assert [(each.rule, each.value) for each in alarms.standing(room.store) if each.rule == "LOG_TAMPERED"] == [
        ("LOG_TAMPERED", 1)
    ]


@pytest.mark.clause("12.3-1.3")
def test_a_log_rewritten_as_a_whole_does_not_move_past_the_head_that_was_seen(room: RecordsRoom) -> None:
    room.call(3)
    seen = verification.verify(room.store, "zhou", room.clock.now_ms())
    with room.store.write() as db:
        db.execute("INSERT INTO verifications VALUES (1, 0, 'zhou', ?, NULL, ?)", (seen.records, "00" * 32))
    room.days(420)
    room.call()
    room.perform()

    assert room.live() == [1, 2, 3, 4]
    assert room.files() == []


def test_a_move_that_was_cut_off_is_finished_the_next_time(room: RecordsRoom) -> None:
    room.call(3)
    room.days(420)
    room.call()
    room.perform()
    archived = room.store.read("SELECT * FROM chain_anchors")
    with closing(sqlite3.connect(room.files()[0])) as db:
        rows = db.execute("SELECT * FROM access_log").fetchall()
    with room.store.write() as db:
        db.conn.executemany(f"INSERT INTO access_log VALUES ({', '.join('?' * len(rows[0]))})", rows)
    assert audit.verify(room.store).holds

    room.perform()

    assert room.live() == [4]
    assert room.store.read("SELECT * FROM chain_anchors") == archived


def test_every_record_is_counted_by_the_monitor_before_it_moves(aged: RecordsRoom) -> None:
    assert aged.store.read("SELECT serial FROM traffic_mark") == [(6,)]


def test_archived_records_are_found_by_their_facts(aged: RecordsRoom) -> None:
    found = search(aged.archives, aged.store, ACCESS_LOG, {"app_id": "app_ofanothername"})
    deeds = search(aged.archives, aged.store, STAFF_JOURNAL, {"subject": "app_abcdefghijkl"})

    assert [(each["serial"], each["archive"]) for each in found] == [(5, FEBRUARY), (4, FEBRUARY)]
    assert [each["reason"] for each in deeds] == ["a drill"]
    assert record(aged.archives, aged.store, 2)["trace_id"] == f"{2:032x}"
    with pytest.raises(Problem, match="PARAM_INVALID"):
        search(aged.archives, aged.store, ACCESS_LOG, {"path": "/"})
    with pytest.raises(Problem, match="RESOURCE_NOT_FOUND"):
        record(aged.archives, aged.store, 6)


@pytest.mark.clause("11-4.2")
def test_an_archive_is_destroyed_after_its_time_and_not_before(aged: RecordsRoom) -> None:
    with pytest.raises(Problem, match="RETENTION_NOT_OVER"), aged.store.write() as db:
        aged.archives.note_destruction(aged.store, db, JANUARY, "lin", aged.clock.now_ms())
    aged.archives.remove_destroyed(aged.store)
    assert aged.files()[0].name == JANUARY

    aged.days(3653)
    with aged.store.write() as db:
        aged.archives.note_destruction(aged.store, db, JANUARY, "lin", aged.clock.now_ms())
    aged.archives.remove_destroyed(aged.store)

    assert [each.name for each in aged.files()] == [FEBRUARY, DEEDS]
    assert [each.why for each in aged.archives.verify(aged.store)] == [None, None]
    with pytest.raises(Problem, match="RESOURCE_NOT_FOUND"):
        aged.archives.path(aged.store, JANUARY)


@pytest.mark.clause("11-4.2")
def test_without_its_one_defence_an_archive_is_destroyed_early(aged: RecordsRoom) -> None:
    with aged.store.write() as db:
        aged.archives.note_destruction(aged.store, db, JANUARY, "lin", aged.clock.now_ms(), DEFENCES)
    aged.archives.remove_destroyed(aged.store)

    assert [each.name for each in aged.files()] == [FEBRUARY, DEEDS]
