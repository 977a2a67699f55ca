"""Whoever observes a check table sees every row's verdict; whoever is judged sees no difference."""

from collections.abc import Iterator
from itertools import count

import pytest

from bank_sim.sdk.protocol.checktable import CheckTable, Verdict, observing, row
from bank_sim.sdk.protocol.problems import PARAM_INVALID, Problem


def _passes(case: list[str]) -> None:
    case.append("passed")


def _refuses(case: list[str]) -> None:
    raise PARAM_INVALID.problem()


def _breaks(case: list[str]) -> None:
    raise ZeroDivisionError


TABLE = CheckTable(
    [
        row("first", _passes, "short long", "7.2.2-1"),
        row("second", _passes, "long", "7.3.2-1"),
        row("refusal", _refuses, "long broken"),
        row("defect", _breaks, "broken"),
        row("after", _passes, "long"),
    ]
)


@pytest.fixture
def ticks() -> Iterator[int]:
    """A stopwatch that counts: each look at it is one nanosecond later."""
    return count()


def test_a_row_that_holds_is_noted_with_its_clauses_and_its_time(ticks: Iterator[int]) -> None:
    with observing(lambda: next(ticks)) as observation:
        TABLE.run([], "short")

    assert observation.verdicts == [Verdict("first", ("7.2.2-1",), "held", 1)]


def test_a_refusal_is_raised_and_noted_and_what_comes_after_it_was_not_reached(ticks: Iterator[int]) -> None:
    with observing(lambda: next(ticks)) as observation, pytest.raises(Problem):
        TABLE.run([], "long")

    states = [(each.name, each.state, each.code) for each in observation.verdicts]
    assert states == [
        ("first", "held", None),
        ("second", "held", None),
        ("refusal", "refused", "PARAM_INVALID"),
        ("after", "not_reached", None),
    ]


def test_a_row_that_is_left_out_is_noted_as_such_and_not_run(ticks: Iterator[int]) -> None:
    case: list[str] = []
    with observing(lambda: next(ticks)) as observation:
        TABLE.run(case, "long", frozenset({"refusal", "second"}))

    assert case == ["passed", "passed"]
    assert {each.name for each in observation.verdicts if each.state == "left_out"} == {"refusal", "second"}


def test_a_defect_of_a_check_is_a_refusal_without_a_code(ticks: Iterator[int]) -> None:
    with observing(lambda: next(ticks)) as observation, pytest.raises(ZeroDivisionError):
        TABLE.run([], "broken", frozenset({"refusal"}))

    assert [(each.state, each.code) for each in observation.verdicts if each.name == "defect"] == [("refused", None)]


def test_nothing_is_noted_once_the_block_has_ended(ticks: Iterator[int]) -> None:
    with observing(lambda: next(ticks)) as observation:
        pass
    TABLE.run([], "short")

    assert observation.verdicts == []


def test_a_row_that_is_judged_by_itself_is_observed_too(ticks: Iterator[int]) -> None:
    case: list[str] = []
    with observing(lambda: next(ticks)) as observation:
        TABLE.rows[0].judge(case)
    TABLE.rows[0].judge(case)

    assert (len(case), [each.name for each in observation.verdicts]) == (2, ["first"])
