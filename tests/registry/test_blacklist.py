"""Who is on the blacklist is refused at once, in every process, for as long as the entry says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bank_sim.clock import ManualClock
from bank_sim.registry import blacklist
from bank_sim.registry.blacklist import Blacklist, BlacklistEntry, source_subject
from bank_sim.registry.generation import Generation
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store

NOW_MS = 1_000_000


class Worker:
    """A process's own connection and memory."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "bank.db")
        self.store.prepare(blacklist.SCHEMA)
        self.generation = Generation(folder / "generation")
        self.clock = ManualClock(NOW_MS / 1000)
        self.list = Blacklist(self.store, self.clock, self.generation)

    def add(self, kind: str, subject: str, until_ms: int | None = None) -> None:
        with self.store.write() as db:
            self.list.add(db, BlacklistEntry(kind, subject, "a drill", "chen", NOW_MS, until_ms))  # type: ignore[arg-type]
        self.list.announce()

    def refuses(self, source: str, now_ms: int = NOW_MS) -> str | None:
        return _code(lambda: self.list.require_source(source, now_ms))

    def refuses_application(self, app_id: str, now_ms: int = NOW_MS) -> str | None:
        return _code(lambda: self.list.require_application(app_id, now_ms))

    def close(self) -> None:
        self.generation.close()
        self.store.close()


def _code(act: Callable[[], None]) -> str | None:
    try:
        act()
    except Problem as problem:
        return problem.code
    return None


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[tuple[Worker, Worker]]:
    one, other = Worker(tmp_path), Worker(tmp_path)
    yield one, other
    one.close()
    other.close()


@pytest.mark.clause("10.1.2-1.4", "10.1.2-1.0")
def test_an_entry_holds_in_every_worker_from_the_next_call_on(workers: tuple[Worker, Worker]) -> None:
    one, other = workers
    assert (other.refuses("192.0.2.7"), other.refuses_application("app_x")) == (None, None)
    one.add("source", "192.0.2.7")
    one.add("application", "app_x")
    assert (other.refuses("192.0.2.7"), other.refuses_application("app_x")) == ("SOURCE_BLACKLISTED", "APP_BLACKLISTED")
    assert (other.refuses("192.0.2.8"), other.refuses_application("app_y")) == (None, None)
    with other.store.write() as db:
        other.list.remove(db, "source", "192.0.2.7")
    other.list.announce()
    assert (one.refuses("192.0.2.7"), one.refuses_application("app_x")) == (None, "APP_BLACKLISTED")


def test_a_change_that_is_not_committed_is_never_remembered_under_its_number(workers: tuple[Worker, Worker]) -> None:
    one, other = workers
    with one.store.write() as db:
        one.list.add(db, BlacklistEntry("source", "192.0.2.7", "a drill", "chen", NOW_MS, None))
        assert other.refuses("192.0.2.7") is None
    one.list.announce()
    assert other.refuses("192.0.2.7") == "SOURCE_BLACKLISTED"


def test_an_entry_ends_by_itself_on_the_virtual_clock(workers: tuple[Worker, Worker]) -> None:
    one, _ = workers
    one.add("source", "192.0.2.0/24", until_ms=NOW_MS + 500)
    assert one.refuses("192.0.2.7", NOW_MS + 499) == "SOURCE_BLACKLISTED"
    assert one.refuses("192.0.2.7", NOW_MS + 500) is None
    assert [each.subject for each in one.list.entries()] == ["192.0.2.0/24"]
    one.clock.advance(1)
    assert one.list.entries() == []


def test_an_entry_is_prolonged_by_listing_again_and_never_shortened(workers: tuple[Worker, Worker]) -> None:
    one, _ = workers
    one.add("application", "app_x", until_ms=NOW_MS + 500)
    assert _code(lambda: one.add("application", "app_x", until_ms=NOW_MS + 499)) == "FOUR_EYES_REQUIRED"
    one.add("application", "app_x", until_ms=NOW_MS + 501)
    assert one.refuses_application("app_x", NOW_MS + 500) == "APP_BLACKLISTED"
    one.add("application", "app_x")
    assert _code(lambda: one.add("application", "app_x", until_ms=NOW_MS + 9_000)) == "FOUR_EYES_REQUIRED"
    assert one.refuses_application("app_x", NOW_MS + 9_000) == "APP_BLACKLISTED"


@pytest.mark.clause("8-2")
def test_a_network_holds_for_its_addresses_however_they_are_written(workers: tuple[Worker, Worker]) -> None:
    one, _ = workers
    one.add("source", "192.0.2.0/24")
    one.add("source", "2001:db8::/48")
    assert one.refuses("::ffff:192.0.2.7") == "SOURCE_BLACKLISTED"
    assert one.refuses("2001:db8:0:1::1") == "SOURCE_BLACKLISTED"
    assert one.refuses("-") is None


@pytest.mark.parametrize(
    ("typed", "subject"),
    [("192.0.2.7", "192.0.2.7"), (" 192.0.2.7/24 ", "192.0.2.0/24"), ("2001:DB8::1", "2001:db8::1")],
)
def test_an_address_has_one_spelling(typed: str, subject: str) -> None:
    assert source_subject(typed) == subject


@pytest.mark.parametrize("typed", ["", "nobody", "0.0.0.0/0", "10.0.0.0/7", "::/0", "192.0.2.7' OR 1"])
def test_what_is_no_address_or_half_the_world_is_not_listed(typed: str) -> None:
    with pytest.raises(Problem, match="PARAM_INVALID"):
        source_subject(typed)


def test_two_processes_that_announce_at_once_count_as_two(tmp_path: Path) -> None:
    path = tmp_path / "generation"
    Generation(path).close()
    pids = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            mine = Generation(path)
            for _ in range(500):
                mine.announce()
            os._exit(0)
        pids.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 4
    generation = Generation(path)
    assert generation.now() == 2000
    generation.close()


def test_the_removal_of_what_is_not_listed_says_so(workers: tuple[Worker, Worker]) -> None:
    one, _ = workers
    with pytest.raises(Problem, match="STATE_CHANGED"), one.store.write() as db:
        one.list.remove(db, "source", "192.0.2.7")
