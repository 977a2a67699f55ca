"""What the project says of the standard is so: each requirement is shown, documented, or excepted for a written reason.

The rule, by kind. What a program can show (technical-executable) or simulate (simulated-process) has a scenario or a
marked test. What asks for a document only (document-only) has one, in both languages, or a scenario or test. Whatever
is none of that has a line in ``exceptions.csv`` with its reason, and nothing that is shown has one.
"""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from scenarios.registry import scenarios
from scenarios.standard import sources
from scenarios.standard.answers import answers, exceptions, standing
from scenarios.standard.clauses import attacks, clauses
from scenarios.theatre.check_words import CHECKS

ROOT = sources.ROOT


def test_the_standard_breaks_into_232_requirements_with_ids_of_one_form() -> None:
    assert len(clauses()) == 232
    assert [each for each in clauses() if not re.fullmatch(r"[0-9AB][0-9.]*(-[0-9a-z.]+)*", each)] == []


def test_nothing_names_a_requirement_that_the_standard_does_not_have() -> None:
    unknown = {
        each: [*found.checks.values(), *found.tests, *(play.name for play in found.plays), *found.documents]
        for each, found in answers().items()
        if each not in clauses()
    }
    assert unknown == {}


@pytest.mark.clause("12.1-4.1")
@pytest.mark.parametrize("kind", ["technical-executable", "simulated-process", "document-only"])
def test_every_requirement_is_answered_or_excepted(kind: str) -> None:
    of_kind = [each for each in clauses().values() if each.kind == kind]

    assert len(of_kind) >= 18
    assert [each.clause_id for each in of_kind if standing(each) == "open"] == []


def test_what_a_program_can_show_or_simulate_is_not_answered_by_a_document() -> None:
    documented = {each.kind for each in clauses().values() if standing(each) == "documented"}

    assert documented <= {"document-only"}


def test_an_exception_carries_its_reason_in_both_languages() -> None:
    excepted = list(exceptions())

    assert all(each.because in ("later", "outside") for each in excepted)
    assert [each.clause_id for each in excepted if len(each.reason.en) < 40 or not each.reason.en.endswith(".")] == []
    assert [each.clause_id for each in excepted if len(re.findall(r"[\u4e00-\u9fff]", each.reason.zh)) < 12] == []
    assert [each for each, number in Counter(each.clause_id for each in excepted).items() if number > 1] == []


def test_nothing_that_is_shown_is_excepted() -> None:
    shown = {
        each.clause_id: [*answers()[each.clause_id].tests, *(play.name for play in answers()[each.clause_id].plays)]
        for each in exceptions()
        if standing(clauses()[each.clause_id]) != "excepted"
    }
    assert shown == {}


def test_exceptions_stay_the_exception() -> None:
    assert len(list(exceptions())) <= len(clauses()) // 6


def test_the_marks_that_are_read_are_those_that_pytest_sees(request: pytest.FixtureRequest) -> None:
    """As far as this run has collected tests at all: the reading must not find less than there is, nor more."""
    read = {each.test: set(each.clauses) for each in sources.marked()}
    seen: dict[str, set[str]] = {}
    for item in request.session.items:
        ids = {each for mark in item.iter_markers("clause") for each in mark.args}
        if ids and "::Test" not in item.nodeid:
            seen.setdefault(item.nodeid.partition("[")[0], set()).update(ids)

    assert "tests/scenarios/test_clauses_honest.py::test_every_requirement_is_answered_or_excepted" in seen
    assert {test: ids for test, ids in seen.items() if read.get(test) != ids} == {}


def test_every_marked_test_can_fail() -> None:
    """It asserts something, expects a refusal, or has somebody do so who says it in their name."""
    claims = re.compile(r"^(assert|require|expect|raises|check|refused|judge|holds)")
    mute = []
    for each in sources.marked():
        file, _, name = each.test.partition("::")
        test = _functions(file)[name]
        asserts = any(isinstance(node, ast.Assert) for node in ast.walk(test))
        calls = (ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(test) if isinstance(node, ast.Call))
        if not asserts and not any(claims.match(call.lstrip("_")) for call in calls):
            mute.append(each.test)
    assert mute == []


@cache
def _functions(file: str) -> dict[str, ast.FunctionDef]:
    """By name; of those that are called alike, the first."""
    nodes = ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    found = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    return {node.name: node for node in reversed(found)}


def test_every_scenario_stands_for_a_requirement() -> None:
    assert [each.name for each in scenarios().values() if not each.clauses] == []


def test_every_attack_of_the_catalogue_is_aimed_at_requirements_that_exist() -> None:
    assert {each for attack in attacks().values() for each in attack.clauses} - set(clauses()) == set()


def test_every_check_is_asked_in_words_of_both_languages() -> None:
    assert sorted({each.name for each in sources.rows()} - set(CHECKS)) == []


def test_what_is_read_is_not_nothing() -> None:
    """A guard against a reading that finds nothing and so cannot fail."""
    assert len(list(sources.rows())) > 60
    assert len(list(sources.marked())) > 200
    assert len({file for file, _ in sources.citations()}) > 40
    assert all(Path(ROOT / each.file).exists() for each in sources.rows())
