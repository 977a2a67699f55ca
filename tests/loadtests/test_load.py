"""A crowd of Locust's comes to a real bank, driven by one master and two workers, and is judged."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from loadtests import rehearsal
from loadtests.crowd.tally import Second
from loadtests.load_report import LoadReport
from loadtests.objectives import Objectives
from loadtests.profiles import Plan, Profile, Stage
from loadtests.rehearsal import Asked, Heard, rehearse_in
from loadtests.settling import settled
from scenarios import cli
from scenarios.world import World

WANTED = Objectives(
    # Times mean nothing beside other tests; that they were measured does.
    p95_ms={"products": 9999, "balance": 9999, "order": 9999, "execute": 9999},
    failed_percent_max=0,
    throttled_percent_max=0,
    let_through_max=0,
    misjudged_max=0,
)
TINY = Profile(
    title_en="A glance",
    title_zh="一瞥",
    users=6,
    intents_per_s=20,
    customers=2,
    # Twice what is asked for below: a busy machine stands still for seconds at a time.
    stages=[Stage(seconds=6, begins=1.0, ends=1.0)],
    mix={"browsing": 1, "saving": 1, "paying": 1},
    beside={"careless": 1, "attacking": 1},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("load")


@pytest.fixture(scope="module")
def heard() -> list[Second]:
    return []


@pytest.fixture(scope="module")
def report(busy_world: World, folder: Path, heard: list[Second]) -> LoadReport:
    asked = Asked(plan=Plan(name="glance", profile=TINY), wanted=WANTED, generators=2, workers=2)
    found = rehearse_in(busy_world, asked, folder, dict(os.environ), Heard(lambda _: None, heard.append))
    return found.with_verdicts(settled(busy_world.home, found.mark, found.course.serials))


def test_every_objective_is_met_and_books_and_chains_hold(report: LoadReport) -> None:
    assert [(each.name, each.found.en) for each in report.verdicts if not each.holds] == []
    assert {"posted_once", "books", "access_log", "executions"} <= {each.name for each in report.verdicts}


def test_both_workers_called_and_all_that_the_profile_asks_for_was_called(report: LoadReport) -> None:
    assert len(report.course.generators) == 2
    assert report.course.cell().calls > 20
    kinds = {kind for kind, _ in report.course.called()}
    assert kinds == {"browsing", "saving", "paying", "careless", "attacking"}
    assert report.course.serials


def test_every_offence_was_refused_for_what_it_is(report: LoadReport) -> None:
    offences = report.course.cell(("careless", "attacking"))
    assert offences.outcomes["refused"] >= 5
    assert "let_through" not in offences.outcomes
    assert "failed" not in offences.outcomes


def test_a_payment_that_the_crowd_was_told_of_and_the_books_do_not_hold_is_found(
    busy_world: World, report: LoadReport
) -> None:
    for told in ([*report.course.serials, "S-nowhere"], [*report.course.serials, report.course.serials[0]]):
        once = settled(busy_world.home, report.mark, told)[0]
        assert (once.name, once.holds) == ("posted_once", False)


def test_it_was_told_second_by_second(report: LoadReport, heard: list[Second]) -> None:
    assert report.course.seconds >= 3
    assert {each.second for each in heard} == {each.second for each in report.course.moments}


def test_what_was_prepared_is_for_its_owner_alone(report: LoadReport) -> None:
    assert stat.S_IMODE(report.preparation.path.stat().st_mode) == 0o600
    assert report.preparation.consents == 4


def test_the_page_is_whole_and_loads_nothing(report: LoadReport, tmp_path: Path) -> None:
    for language, word in (("zh", "压力测试"), ("en", "Load report")):
        as_json, as_html = report.write(tmp_path, language)
        page = as_html.read_text()
        assert word in page
        assert page.count("<svg") == 3
        assert "http" not in page.split("</style>")[1]
        document = json.loads(as_json.read_text())
        assert document["well"]
        assert len(document["seconds"]) == len(report.course.moments)


@pytest.mark.parametrize(("weaker", "code"), [(False, 0), (True, 1)], ids=["met", "missed"])
def test_the_command_ends_as_the_verdicts_are(
    report: LoadReport, weaker: bool, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = [replace(report.verdicts[0], holds=False), *report.verdicts[1:]] if weaker else report.verdicts
    asked: list[Asked] = []

    def rehearsed(plan: Asked, *_: object) -> LoadReport:
        asked.append(plan)
        return replace(report, verdicts=verdicts)

    monkeypatch.setattr(rehearsal, "rehearse", rehearsed)
    assert cli.run(["load", "steady", "--users", "7", "--suite", "intl", "--generators", "3"]) == code
    assert (asked[0].plan.profile.users, asked[0].suite, asked[0].generators) == (7, "intl", 3)
    assert ("an objective was missed" in capsys.readouterr().out) == weaker


def test_the_plan_travels_with_what_was_prepared(report: LoadReport) -> None:
    from loadtests.crowd.prepared import read

    assert read(report.preparation.path).plan == report.asked.plan
    assert msgspec.json.decode(report.preparation.path.read_bytes())["plan"]["profile"]["stages"][0]["from"] == 1.0
