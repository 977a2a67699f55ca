"""What the catalogue of attacks says is what is played: every line, with its status, code and alarm, or a reason."""

from __future__ import annotations

import csv
import inspect
import re
from pathlib import Path

import pytest

from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.registry import Scenario, scenarios

STANDARD = Path(__file__).parents[2] / "scenarios" / "standard"
RULES = {each.name for each in rules_of(Policy())}
WORD = re.compile(r"[A-Za-z0-9_]+")


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((STANDARD / name).read_text(encoding="utf-8").splitlines()))


LINES = {row["id"]: row for row in _rows("attacks.csv")}
DEVIATIONS = _rows("deviations.csv")
PLAYED = scenarios()
ATTACKS = [each for each in PLAYED.values() if each.defence is not None]
PLAYED_OTHERWISE = "played as "


def observed(line: str) -> set[str]:
    """The words of what is to be seen: of the line itself, and of the deviations from it."""
    texts = [LINES[line]["observable"], *(row["observed"] for row in DEVIATIONS if row["attack"] == line)]
    return {word for text in texts for word in WORD.findall(text)}


def told_in(line: str) -> set[str]:
    """The words of the plays of a line: what an attack requires on its way stands in its module."""
    plays = {each.play for each in ATTACKS if each.defence and each.defence.attack == line}
    return {word for play in plays for word in WORD.findall(inspect.getsource(inspect.getmodule(play) or play))}


def otherwise(line: str) -> set[str]:
    """The scenarios of other kinds that a deviation names for a line."""
    told = (row["observed"] for row in DEVIATIONS if row["attack"] == line)
    return {text.removeprefix(PLAYED_OTHERWISE) for text in told if text.startswith(PLAYED_OTHERWISE)}


@pytest.mark.parametrize("line", LINES)
def test_every_line_of_the_catalogue_is_played(line: str) -> None:
    names = {each.name for each in ATTACKS if each.defence and each.defence.attack == line}

    assert names | otherwise(line)
    assert otherwise(line) <= PLAYED.keys()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: each.name)
def test_an_attack_ends_as_its_line_says_or_a_deviation_gives_the_reason(attack: Scenario) -> None:
    assert attack.defence is not None
    claimed = {str(attack.defence.status), attack.defence.code, attack.defence.alarm} - {""}

    assert claimed - observed(attack.defence.attack) == set()
    assert set(attack.clauses) & set(LINES[attack.defence.attack]["clauses"].split(";"))


def test_an_alarm_that_an_attack_claims_to_raise_is_a_rule_of_the_bank() -> None:
    assert {each.defence.alarm for each in ATTACKS if each.defence} - {""} <= RULES


@pytest.mark.parametrize(
    "line", [line for line, row in LINES.items() if re.search(r"\balarms? [A-Z]", row["observable"])]
)
def test_an_alarm_that_a_line_names_strikes_in_a_play_of_it(line: str) -> None:
    assert RULES & observed(line) & told_in(line) or otherwise(line)


def test_every_deviation_is_from_a_line_of_the_catalogue_and_says_why_in_both_languages() -> None:
    for row in DEVIATIONS:
        assert row["attack"] in LINES, row
        assert all(row.values()), row
        assert not row["reason_zh"].isascii(), row


def test_no_deviation_is_left_over() -> None:
    """Each code and alarm that a deviation names is met by a play of its line."""
    for row in DEVIATIONS:
        if not row["observed"].startswith(PLAYED_OTHERWISE):
            named = {word for word in WORD.findall(row["observed"]) if word in RULES or word in CATALOGUE}
            assert named <= told_in(row["attack"]), row
