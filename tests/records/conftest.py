"""A bank's records without a bank: its log and journal, a clock that tests turn, and the duty that archives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from bank_sim import audit, monitor, records, staff
from bank_sim.audit import AccessRecord
from bank_sim.clock import ManualClock
from bank_sim.config import Config
from bank_sim.records import Archives, archiving
from bank_sim.staff import journal
from bank_sim.staff.journal import JournalEntry
from bank_sim.store import Store

DAY_S = 86_400
# 2026-01-31 10:00 in Beijing.
MORNING_S = 1_769_824_800.0


class RecordsRoom:
    """``call`` and ``deed`` write records at the clock's time; ``perform`` does what is due."""

    def __init__(self, home: Path) -> None:
        nothing = home / "none"
        self.config = Config(home=home, ca_certificate=nothing, tls_certificate=nothing, tls_key=nothing)
        self.config.folder.mkdir(parents=True)
        self.clock = ManualClock(MORNING_S)
        self.store = Store(self.config.database)
        self.store.prepare(audit.SCHEMA, monitor.SCHEMA, staff.SCHEMA, records.SCHEMA)
        self.archives = Archives(self.config.archive_folder, self.config.policy)
        self.duty = archiving(self.config, self.clock)
        self._numbers = itertools.count(1)

    def call(self, times: int = 1, app_id: str = "app_abcdefghijkl") -> None:
        with self.store.write() as db:
            for number in itertools.islice(self._numbers, times):
                record = AccessRecord(
                    trace_id=f"{number:032x}", at_ms=self.clock.now_ms(), method="GET", path="/api/rates",
                    source="127.0.0.1", elapsed_us=400, status=200, result="success", app_id=app_id,
                    api_id="rates.list", u_api_id="OPC999990201000100000100",
                )  # fmt: skip
                audit.append(db, record)

    def deed(self, subject: str) -> None:
        entry = JournalEntry(
            at_ms=self.clock.now_ms(), login_name="chen", role="operator", action="suspend_application",
            subject=subject, reason="a drill", trace_id="0" * 32, source="127.0.0.1",
        )  # fmt: skip
        with self.store.write() as db:
            journal.append(db, entry)

    def days(self, number: float) -> None:
        self.clock.advance(number * DAY_S)

    def perform(self) -> None:
        self.duty.perform(self.store, self.clock.now_ms())

    def live(self, chain: str = "access_log") -> list[int]:
        return [row[0] for row in self.store.read(f"SELECT serial FROM {chain} ORDER BY serial")]

    def files(self) -> list[Path]:
        return sorted(self.config.archive_folder.glob("*"))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RecordsRoom]:
    room = RecordsRoom(tmp_path)
    yield room
    room.store.close()


@pytest.fixture
def aged(room: RecordsRoom) -> RecordsRoom:
    """Three calls and a deed in January, two calls in February, one call and a deed fourteen months later; archived."""
    room.call(3)
    room.deed("app_abcdefghijkl")
    room.days(3)
    room.call(2, "app_ofanothername")
    room.days(420)
    room.call()
    room.deed("app_of_today")
    room.perform()
    return room
