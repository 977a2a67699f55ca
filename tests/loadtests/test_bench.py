"""The bench measures the whole bank, states everything as a ratio to the yardstick, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from loadtests import bench, pages
from loadtests.application import LoadApplication
from loadtests.bench import run
from loadtests.cells import A1_QUERY, BALANCE, CREATE, EXECUTE, FULL, QUICK, TOKEN, TRANSFER, YARDSTICK, Counts
from loadtests.measuring import BenchFailed, Target
from loadtests.pages import BUDGET_MS, PageTime
from loadtests.report import COLUMNS, PAGE_COLUMNS, Report
from scenarios import cli
from scenarios.world import World

TINY = Counts(yardstick=400, light=60, heavy=40, pages=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the bench puts its temporary files."""
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    assert folder.is_dir()
    return run(dict(os.environ), counts=TINY)


def test_every_cell_is_measured_with_one_worker_and_with_two(report: Report) -> None:
    both = [(name, suite) for suite in ("intl", "gm") for name in (BALANCE, CREATE, EXECUTE, TRANSFER)]
    cells = {(YARDSTICK, "-"), (TOKEN, "intl"), (A1_QUERY, "intl"), *both}
    measured = [(each.name, each.suite, each.workers) for each in report.measurements]
    assert sorted(measured) == sorted((name, suite, workers) for name, suite in cells for workers in (1, 2))


def test_every_figure_is_a_figure(report: Report) -> None:
    for each in report.measurements:
        assert each.requests_per_s > 0
        assert each.name == TRANSFER or 0 < each.p50_ms <= each.p99_ms
        assert each.cpu_s_per_1000 >= 0
    assert 0 < report.cold_start_s < report.elapsed_s


def test_the_document_states_ratios_to_the_yardstick_of_as_many_workers(report: Report) -> None:
    entries = json.loads(json.dumps(report.document()))["measurements"]
    yardsticks = {each["workers"]: each for each in entries if each["name"] == YARDSTICK}
    for each in entries:
        expected = each["requests_per_s"] / yardsticks[each["workers"]]["requests_per_s"]
        assert each["ratio"]["requests_per_s"] == pytest.approx(expected, abs=0.01)
    assert all(each["ratio"]["p50_ms"] == 1.0 for each in yardsticks.values())


def test_a_transfer_costs_both_its_calls_and_the_time_of_both(report: Report) -> None:
    entries = json.loads(json.dumps(report.document()))["measurements"]
    found = {(each["name"], each["suite"], each["workers"]): each for each in entries}
    for suite, workers in ((suite, workers) for suite in ("intl", "gm") for workers in (1, 2)):
        order, execution, whole = (found[name, suite, workers] for name in (CREATE, EXECUTE, TRANSFER))
        assert whole["cpu_s_per_1000"] == pytest.approx(order["cpu_s_per_1000"] + execution["cpu_s_per_1000"], rel=0.01)
        took_s = sum(each["requests"] / each["requests_per_s"] for each in (order, execution))
        assert whole["requests_per_s"] == pytest.approx(order["requests"] / took_s, rel=0.01)
        assert (order["unit"], execution["unit"], whole["unit"]) == ("request", "request", "transfer")
        assert order["requests"] == execution["requests"] == whole["requests"]


def test_no_latency_is_stated_that_was_not_measured(report: Report) -> None:
    entries = json.loads(json.dumps(report.document()))["measurements"]
    silent = {(each["name"], each["p50_ms"], each["ratio"]["p99_ms"]) for each in entries if each["p50_ms"] is None}
    cells = {row[0]: row[5:9] for row in report.rows()}
    assert silent == {(TRANSFER, None, None)}
    assert [name for name, latencies in cells.items() if "–" in latencies] == [TRANSFER]
    assert cells[TRANSFER] == ("–",) * 4


@pytest.mark.parametrize(("arguments", "counts"), [([], FULL), (["--quick"], QUICK)], ids=["all", "quick"])
def test_the_command_fires_as_many_requests_as_it_is_asked_to_and_tells_the_report(
    report: Report,
    arguments: list[str],
    counts: Counts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[Counts] = []

    def measured(*_: object, counts: Counts, **__: object) -> Report:
        asked.append(counts)
        return report

    monkeypatch.setattr(bench, "run", measured)

    assert cli.run(["bench", *arguments]) == 0

    assert asked == [counts]
    assert capsys.readouterr().out.count(TRANSFER) == 4


def test_the_table_has_a_row_for_each_measurement(report: Report) -> None:
    rows = list(report.rows())
    assert len(rows) == len(report.measurements)
    assert {len(row) for row in rows} == {len(COLUMNS)}


def test_pages_of_every_party_are_timed_and_told(report: Report) -> None:
    assert {each.party for each in report.page_times} == {"wallet", "bank", "phone", "portal", "console"}
    assert all(0 < each.p50_ms <= each.p99_ms and each.bytes > 500 for each in report.page_times)
    rows = list(report.page_rows())
    assert {len(row) for row in rows} == {len(PAGE_COLUMNS)}
    assert [row[:2] for row in rows] == [(each["party"], each["path"]) for each in report.document()["pages"]]


def test_a_page_over_its_budget_is_named(report: Report) -> None:
    slow = PageTime("bank", "/slow", 1000, BUDGET_MS + 1, BUDGET_MS + 2)
    told = replace(report, page_times=(slow, replace(slow, p50_ms=BUDGET_MS)))
    assert [row[-1] for row in told.page_rows()] == ["over 20 ms", ""]
    assert [each["in_budget"] for each in told.document()["pages"]] == [False, True]


def test_a_page_that_is_refused_is_a_failure_and_not_a_fast_page(
    busy_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_pages", lambda world, _: [("bank", world.addresses.pages, "/no-such-page")])
    with pytest.raises(BenchFailed, match=r"bank /no-such-page: answered {404: 2}"):
        list(pages.page_times(busy_world, busy_world.people[3], 2))


def commands_below_this_process() -> list[str]:
    """What runs; a process that ended while we looked does not."""
    commands = []
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            commands.append(" ".join(each.cmdline()))
    return commands


def test_no_process_and_no_file_is_left(report: Report, folder: Path) -> None:
    assert report.measurements
    assert [line for line in commands_below_this_process() if str(folder) in line] == []
    assert list(folder.iterdir()) == []


def test_refused_calls_are_a_failure_and_not_a_fast_bank(busy_world: World, application: LoadApplication) -> None:
    bank = next(each for each in busy_world.parties if each.party.name == "bank")
    port = int(busy_world.addresses.gateway.rpartition(":")[2])
    target = Target(port, bank.pid, 2, busy_world.authority, dict(os.environ))
    replayed = [application.presigner.public_query("/api/rates")] * 40
    with pytest.raises(BenchFailed, match="NONCE_REPLAYED"):
        target.measure("replays", "gm", replayed)


@contextmanager
def idle_process() -> Iterator[int]:
    """A process that waits for its standard input to end, and does nothing else."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        yield process.pid
        assert process.stdin is not None
        process.stdin.close()


def test_too_few_requests_are_no_figure(busy_world: World) -> None:
    port = int(busy_world.addresses.phone.rpartition(":")[2])
    request = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with idle_process() as pid, pytest.raises(BenchFailed, match="too few requests"):
        Target(port, pid, 1, busy_world.authority, dict(os.environ)).measure("next to nothing", "-", [request] * 2)
