"""The staff finds old records in the archives, and destroys one only after ten years, and only two together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bank_sim.audit import AccessRecord, append
from bank_sim.founding import SCHEMAS
from bank_sim.monitor import alarms
from bank_sim.records import archiving
from bank_sim.records.classes import CLASSES, classes_of
from bank_sim.staff import proposals
from bank_sim.store import Store
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, House, Screen

DAY_S = 86_400


def _call(house: House, trace_id: str) -> None:
    record = AccessRecord(
        trace_id=trace_id, at_ms=house.clock.now_ms(), method="GET", path="/api/rates", source="192.0.2.7",
        elapsed_us=400, status=200, result="success", app_id="app_longgone", api_id="rates.list",
        u_api_id="OPC999990201000100000100",
    )  # fmt: skip
    with house.bank.store.write() as db:
        append(db, record)


@pytest.fixture
def aged(house: House) -> House:
    """A call of long ago, archived."""
    _call(house, "a" * 32)
    house.clock.advance(400 * DAY_S)
    _call(house, "b" * 32)
    archiving(house.bank.config, house.clock).perform(house.bank.store, house.clock.now_ms())
    return house


def _archive(house: House) -> str:
    return house.bank.archives.listed(house.bank.store)[0].anchor.file


@pytest.mark.clause("11-4.1", "12.3-1.1")
def test_old_records_are_found_in_the_archives_and_shown_like_live_ones(
    aged: House, screen_of: Callable[..., Screen]
) -> None:
    auditor = screen_of(AUDITOR)
    page = auditor.get("/archives?verify=now&chain=access_log&app_id=app_longgone").text

    assert _archive(aged) in page
    assert 'badge good">holds' in page
    assert 'href="/log/1"' in page
    record = auditor.get("/log/1")
    assert (record.status, "a" * 32 in record.text) == (200, True)
    assert auditor.get("/log/999").status == 404


@pytest.mark.clause("11-4.1")
def test_an_archive_is_downloaded_as_it_lies_there(aged: House, screen_of: Callable[..., Screen]) -> None:
    reply = screen_of(AUDITOR).get(f"/archives/{_archive(aged)}")

    assert reply.body == (aged.bank.config.archive_folder / _archive(aged)).read_bytes()
    assert reply.body.startswith(b"SQLite format 3")


@pytest.mark.parametrize("name", ["..%2fbank.db", "bank.db", "access_log-2026-01-000000001-000000009.sqlite"])
def test_nothing_else_is_downloaded(aged: House, screen_of: Callable[..., Screen], name: str) -> None:
    assert screen_of(AUDITOR).get(f"/archives/{name}").status == 404


@pytest.mark.clause("11-4.2")
def test_an_archive_goes_after_its_time_when_two_agree_and_not_before(
    aged: House, screen_of: Callable[..., Screen]
) -> None:
    file = _archive(aged)
    early = screen_of(OPERATOR).act("propose_destruction", file)
    assert (early.status, "RETENTION_NOT_OVER" in early.text) == (409, True)
    assert proposals.listed(aged.bank.store) == []
    assert aged.entries()[0].entry.result == "RETENTION_NOT_OVER"

    aged.clock.advance(3654 * DAY_S)
    screen_of(OPERATOR).act("propose_destruction", file)
    assert (aged.bank.config.archive_folder / file).exists()
    screen_of(REVIEWER).act("approve_proposal", proposals.listed(aged.bank.store)[0].proposal_id)

    assert not (aged.bank.config.archive_folder / file).exists()
    assert "destroyed" in screen_of(AUDITOR).get("/archives?verify=now").text
    assert [each.why for each in aged.bank.archives.verify(aged.bank.store)] == []


@pytest.mark.clause("12.3-1.3")
@pytest.mark.parametrize("is_altered", [False, True])
def test_an_altered_archive_is_a_critical_alarm_once_an_auditor_verifies(
    aged: House, screen_of: Callable[..., Screen], is_altered: bool
) -> None:
    path = aged.bank.config.archive_folder / _archive(aged)
    if is_altered:
        path.chmod(0o600)
        with path.open("ab") as file:
            file.write(b"\0")
    auditor = screen_of(AUDITOR)
    auditor.act("verify_records", "records")

    assert ("LOG_TAMPERED" in [each.rule for each in alarms.standing(aged.bank.store)]) == is_altered
    assert ("was altered" in auditor.get("/archives?verify=now").text) == is_altered


def test_an_auditor_destroys_nothing(aged: House, screen_of: Callable[..., Screen]) -> None:
    assert screen_of(AUDITOR).act("propose_destruction", _archive(aged)).status == 403


@pytest.mark.clause("11-4.2")
def test_every_table_of_the_bank_has_one_retention_class(tmp_path: Any) -> None:
    store = Store(tmp_path / "bank.db")
    store.prepare(*SCHEMAS)
    found = store.read("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    store.close()

    assert {name: len(classes_of(name)) for (name,) in found if len(classes_of(name)) != 1} == {}
    used = {each.name for (name,) in found for each in classes_of(name)}
    assert used == {each.name for each in CLASSES}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_names_every_class(house: House, screen_of: Callable[..., Screen], language: str) -> None:
    page = screen_of(AUDITOR, language=language).get("/archives")

    assert page.status == 200
    assert page.text.count('data-label="') >= 3 * len(CLASSES)
