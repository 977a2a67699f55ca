"""``bank-sandbox clauses``: what answers a requirement, for people and for programs."""

from __future__ import annotations

import json

import pytest

from scenarios import cli
from scenarios.standard.answers import answers
from scenarios.standard.clauses import clauses, within


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.run(["clauses", *arguments]) == 0
    return capsys.readouterr().out


def test_the_table_has_a_line_for_every_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    first_words = {line.split()[0] for line in said([], capsys).splitlines() if line.strip()}

    assert set(clauses()) - first_words == set()


def test_one_requirement_is_told_with_everything_that_answers_it(capsys: pytest.CaptureFixture[str]) -> None:
    text, answered = said(["7.2.2-2.1"], capsys), answers()["7.2.2-2.1"]

    assert clauses()["7.2.2-2.1"].summary.en in text
    assert all(row in text for row in answered.checks)
    assert all(play.name in text for play in answered.plays)
    assert all(test in text for test in answered.tests)
    assert all(attack.attack_id in text for attack in answered.attacks)


def test_readers_of_chinese_read_chinese(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert clauses()["9.3.2-2"].summary.zh in said(["9.3.2-2"], capsys)


def test_programs_get_one_entry_or_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    one = json.loads(said(["9.3.2-2", "--json"], capsys))
    several = json.loads(said(["9.3.2", "--json"], capsys))

    assert one["id"] == "9.3.2-2"
    assert one in several
    assert [each["id"] for each in several] == [each for each in clauses() if each.startswith("9.3.2-")]


def test_the_beginning_of_an_id_names_what_lies_within_it_and_nothing_beside() -> None:
    assert {each.clause_id[:2] for each in within("11")} == {"11"}
    assert [each.clause_id for each in within("7.1-6")] == ["7.1-6.1", "7.1-6.2", "7.1-6.3"]
    assert "7.2.1-b-1" not in {each.clause_id for each in within("7.2.1-a")}


@pytest.mark.parametrize(
    "arguments",
    [
        ["nix"],
        ["9.3.3.3"],
        ["--from", "."],
        ["--no-tests"],
        ["7.1-1", "--report", "c.html"],
        ["--report", "c.html", "--tests", "x.xml", "--no-tests"],
        ["--report", "/nowhere/c.html", "--no-tests"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_clear_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["clauses", *arguments]) == 2
    assert capsys.readouterr().err.strip()


def test_who_mistypes_an_id_is_told_of_those_like_it(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["clauses", "7.2.2-2.9"])

    assert "7.2.2-2.1" in capsys.readouterr().err
