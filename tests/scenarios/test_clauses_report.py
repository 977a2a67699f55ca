"""The clauses report: verdicts follow from evidence, the page says what the data says, the data keeps its hash."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bank_sim.sandbox.trace import Exchange, Trace
from bank_sim.sdk.protocol.checktable import Verdict
from scenarios import cli, judgements
from scenarios.failures import BrokenSurroundings
from scenarios.home import Home
from scenarios.registry import scenarios
from scenarios.report import document, verified, write
from scenarios.runner import Result, Theatre
from scenarios.standard.answers import answers_to, standing
from scenarios.standard.clauses import clauses
from scenarios.standard.components import admitted
from scenarios.standard.dossier import canonical, digest, dossier, verdict
from scenarios.standard.evidence import Evidence, read
from scenarios.standard.page import holds, html
from scenarios.standard.testing import outcomes, run_marked
from scenarios.texts import Text

HOSTILE = Text("</script><b>&amp; \u2028", "</script><img src=x>")


@pytest.fixture(scope="module")
def run(gm_theatre: Theatre) -> dict[str, Any]:
    """A run of one scenario, with the books and chains of its world verified, and one claim that is not harmless."""
    result = gm_theatre.play(scenarios()["a1-query"])
    assert result.passed, result.outcome
    result.claims.append(HOSTILE)
    return document([result], verified(gm_theatre.world))


@pytest.fixture(scope="module")
def evidence(run: dict[str, Any]) -> Evidence:
    return Evidence(run)


def played(name: str, *, passed: bool, mode: str = "whole") -> dict[str, Any]:
    return Result(scenarios()[name], "gm", mode, passed).facts() | {"evidence": {}}  # type: ignore[arg-type]


def evidence_of(*plays: dict[str, Any], tests: dict[str, Any] | None = None) -> Evidence:
    return Evidence({"written_at": "", "results": list(plays), "verifications": []}, tests)


def shown_by_tests_alone() -> Any:
    return next(each for each in clauses().values() if answers_to(each).tests and not answers_to(each).plays)


@pytest.mark.clause("12.1-4.2")
def test_a_requirement_is_shown_when_its_plays_held_and_failed_when_one_did_not() -> None:
    stood_for = clauses()["7.2.2-2.1"]
    name = answers_to(stood_for).plays[0].name

    assert verdict(stood_for, evidence_of(played(name, passed=True))) == "shown"
    assert verdict(stood_for, evidence_of(played(name, passed=False))) == "failed"
    assert verdict(stood_for, evidence_of(played(name, passed=True), played(name, passed=False))) == "failed"


@pytest.mark.clause("12.1-4.2")
def test_a_failed_test_turns_a_requirement_red_though_every_play_held() -> None:
    stood_for = clauses()["7.2.2-2.1"]
    play, test = answers_to(stood_for).plays[0].name, answers_to(stood_for).tests[0]

    assert verdict(stood_for, evidence_of(played(play, passed=True), tests={test: "failed"})) == "failed"
    assert verdict(stood_for, evidence_of(played(play, passed=True), tests={test: "passed"})) == "shown"


def test_what_only_tests_show_is_tested_when_they_ran_and_unjudged_when_they_did_not() -> None:
    stood_for = shown_by_tests_alone()
    test = answers_to(stood_for).tests[0]

    assert verdict(stood_for, evidence_of(tests={test: "passed"})) == "tested"
    assert verdict(stood_for, evidence_of(tests={test: "skipped"})) == "unjudged"
    assert verdict(stood_for, evidence_of()) == "unjudged"


def test_a_run_of_nothing_shows_nothing() -> None:
    verdicts = {each.clause_id: verdict(each, evidence_of()) for each in clauses().values()}

    assert set(verdicts.values()) <= {"unjudged", "documented", "excepted", "open"}
    assert all(verdicts[each.clause_id] == standing(each) for each in clauses().values() if standing(each) != "shown")


def test_the_dossier_holds_every_requirement_and_what_the_run_left(evidence: Evidence) -> None:
    data = dossier(evidence)
    (play,) = data["plays"]

    assert [each["id"] for each in data["clauses"]] == list(clauses())
    shown = {each["id"] for each in data["clauses"] if each["verdict"] == "shown"}
    assert shown == set(scenarios()["a1-query"].clauses)
    assert len({each["trace_id"] for each in play["records"]}) == len(play["records"]) >= 2
    assert {each["name"] for each in data["verifications"]} >= {"access log", "books", "residue"}
    assert all(each["holds"] for each in data["verifications"])
    assert re.fullmatch(r"[0-9a-f]{64}", data["versions"]["sources_sha256"])
    assert len(data["components"]["components"]) > 20


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_stands_alone_and_says_everything_in_both_languages(evidence: Evidence, language: str) -> None:
    page = html(dossier(evidence), language)
    articles = re.findall(r'<article class="clause-entry" id="clause-([^"]+)">', page)

    assert articles == list(clauses())
    assert re.findall(r"<script[^>]*type=\"([^\"]*)\"", page) == ["application/json"]
    assert page.count("<script") == page.count("</script>") == 1
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert f'id="say-{language}" checked' in page
    said = re.findall(r'<span lang="(zh-Hans|zh-CN|zh|en)" class="say">', page)
    assert said.count("en") * 2 == len(said) > 2 * len(clauses())


def test_what_came_from_outside_is_text_on_the_page(evidence: Evidence) -> None:
    page = html(dossier(evidence), "en")

    assert "&lt;/script&gt;&lt;b&gt;" in page
    assert "<img src=x>" not in page
    assert "<b>" not in page


def test_the_data_in_the_file_is_the_data_that_was_hashed(evidence: Evidence, tmp_path: Path) -> None:
    data, path = dossier(evidence), tmp_path / "report.html"
    path.write_text(html(data, "zh"), encoding="utf-8")

    carried = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', path.read_text(encoding="utf-8"))
    assert carried is not None
    assert json.loads(carried.group(1)) == data
    assert digest(canonical(data)) in path.read_text(encoding="utf-8")
    assert holds(path)


def test_changed_data_is_noticed_and_what_is_no_report_is_refused(
    evidence: Evidence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html(dossier(evidence), "en"), encoding="utf-8")
    assert cli.run(["clauses", "--check", str(path)]) == 0
    altered = path.read_text(encoding="utf-8").replace('"verdict":"excepted"', '"verdict":"shown"', 1)
    path.write_text(altered, encoding="utf-8")
    assert cli.run(["clauses", "--check", str(path)]) == 1
    path.write_text("<html></html>")
    assert cli.run(["clauses", "--check", str(path)]) == 3
    assert "is no report" in capsys.readouterr().err


def test_a_run_that_was_kept_is_taken_instead_of_playing_again(
    gm_theatre: Theatre, run: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = gm_theatre.play(scenarios()["revoke-consent"])
    write(tmp_path, [result], run["verifications"])

    code = cli.run(["clauses", "--report", str(tmp_path / "c.html"), "--from", str(tmp_path), "--no-tests", "--json"])
    data = json.loads(capsys.readouterr().out)

    assert [each["name"] for each in data["plays"]] == ["revoke-consent"]
    assert data["tests_run"] is None
    assert holds(tmp_path / "c.html")
    assert code == (1 if data["counts"].get("open") else 0)


@pytest.mark.clause("7.1-4.2")
def test_an_advisory_that_concerns_a_component_turns_the_report_red(
    run: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text(json.dumps(run))
    component = admitted()[0]
    package = {"ecosystem": "PyPI", "name": component.name}
    feed = {"id": "GHSA-test", "summary": "bad", "affected": [{"package": package, "versions": [component.version]}]}
    (tmp_path / "feed.json").write_text(json.dumps(feed))

    arguments = ["--from", str(tmp_path), "--no-tests", "--advisories", str(tmp_path / "feed.json"), "--json"]
    assert cli.run(["clauses", "--report", str(tmp_path / "c.html"), *arguments]) == 1
    assert [each["advisory"] for each in json.loads(capsys.readouterr().out)["advisories"]] == ["GHSA-test"]
    assert '<span class="badge bad">GHSA-test</span>' in (tmp_path / "c.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, "no json", "[]", '{"results": []}'])
def test_what_is_no_run_is_one_clear_line(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)

    with pytest.raises(BrokenSurroundings, match=r"run\.json"):
        read(tmp_path)


def test_checks_are_counted_as_the_trace_has_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.party("bank").mkdir(parents=True)
    assert judgements.newest(home) == 0
    assert judgements.since(home, 0) == {}

    trace = Trace(home.party("bank") / "trace.db")
    held = Verdict("freshness", ("7.2.2-1",), "held")
    refused = Verdict("replay", ("7.3.2-1",), "refused", code="NONCE_REPLAYED")
    trace.keep(Exchange("gateway", 0, 0, "GET", "/api/a?secret=1", status=200, verdicts=[held]))
    mark = judgements.newest(home)
    unreached = Verdict("grant", (), "not_reached")
    answer = json.dumps({"code": "NONCE_REPLAYED", "trace_id": "abc"})
    verdicts = [held, refused, unreached]
    trace.keep(Exchange("gateway", 0, 0, "POST", "/api/b?secret=1", status=401, answer_body=answer, verdicts=verdicts))
    trace.close()

    found = judgements.since(home, mark)
    assert {name: (each["held"], each["refused"]) for name, each in found.items()} == {
        "freshness": (1, 0),
        "replay": (0, 1),
    }
    assert found["replay"]["refusals"] == [
        {"asked": "POST /api/b", "status": 401, "code": "NONCE_REPLAYED", "trace_id": "abc"}
    ]


WRITTEN = """
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_one_of_two_fails(n):
    assert n == 1

def test_passes():
    assert True

@pytest.mark.skip(reason="nobody is here")
def test_is_skipped():
    assert False

@pytest.mark.parametrize("n", [1, 2])
def test_some_are_skipped(n):
    if n == 1:
        pytest.skip()
    assert n
"""


def test_the_tests_that_bear_a_clause_are_run_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = clause\n")
    (tmp_path / "tests").mkdir()
    marked = WRITTEN.replace("def test_passes", "@pytest.mark.clause('7.1-1')\ndef test_passes")
    (tmp_path / "tests" / "test_written.py").write_text(marked)

    assert run_marked(tmp_path, "0") == {"tests/test_written.py::test_passes": "passed"}


def test_where_no_test_can_be_run_nothing_is_judged(tmp_path: Path) -> None:
    with pytest.raises(BrokenSurroundings, match="could not be run"):
        run_marked(tmp_path, "0")


def test_outcomes_are_what_pytest_wrote(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_written.py").write_text(WRITTEN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=results.xml", "tests"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stdout
    assert outcomes(tmp_path / "results.xml") == {
        "tests/test_written.py::test_one_of_two_fails": "failed",
        "tests/test_written.py::test_passes": "passed",
        "tests/test_written.py::test_is_skipped": "skipped",
        "tests/test_written.py::test_some_are_skipped": "passed",
    }


def test_a_file_that_pytest_did_not_write_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "results.xml").write_text("<broken")
    for path in (tmp_path / "results.xml", tmp_path / "nowhere.xml"):
        with pytest.raises(BrokenSurroundings, match="no file of pytest"):
            outcomes(path)
