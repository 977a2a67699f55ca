"""Everybody in one process, from a seed: whole, the sandbox holds; with a defence left out, something does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from site import addsitedir
from typing import Any

import pytest

from scenarios.simulation.play import Setting
from tests.simulation import apart

ROOT = Path(__file__).parents[2]
SEEDS = range(1, 11)
STEPS, STEPS_AGAIN = 200, 120
Asked = Callable[..., Any]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Calls a function of ``apart`` in its process, and hands on what it answers."""
    folder = str(tmp_path_factory.mktemp("simulated"))
    # As the process begins it knows where packages are installed, and not where these tests lie.
    with ProcessPoolExecutor(1, get_context("spawn"), addsitedir, (str(ROOT),)) as process:
        yield lambda function, *arguments: process.submit(function, folder, *arguments).result(timeout=120)


@pytest.mark.clause("7.2.1-b-2.2", "7.3.3-1.2", "9.3.3-1.2", "12.3-1.1")
@pytest.mark.parametrize("seed", SEEDS)
def test_all_holds_whatever_befalls_letters_parties_and_clocks(asked: Asked, seed: int) -> None:
    outcome = asked(apart.played, Setting(seed, STEPS))
    assert outcome.holds, f"seed {seed}, step {outcome.failed_at}: {outcome.how}"
    assert outcome.happened["arrives"] > STEPS // 3


@pytest.mark.parametrize(
    ("weakened", "invariant"),
    [
        ("replay", "a message is honoured once"),
        ("token_binding", "nobody is served for what they may not"),
        ("freshness", "nobody is served for what they may not"),
        ("transaction_confirmation", "nobody is served for what they may not"),
    ],
)
def test_a_defence_left_out_is_found_by_some_seed(asked: Asked, weakened: str, invariant: str) -> None:
    outcome = asked(apart.first_failure, weakened)
    assert (outcome.invariant, outcome.setting.weakened) == (invariant, (weakened,))


def test_what_was_found_later_is_traced_back_to_the_step_that_did_it(asked: Asked) -> None:
    found, traced = asked(apart.rewritten)
    assert (found.failed_at, found.invariant) == (120, "access log holds")
    assert traced.failed_at == apart.REWRITTEN_AT


def test_the_same_seed_takes_the_same_course_in_another_process(asked: Asked) -> None:
    here = asked(apart.played, Setting(2, STEPS_AGAIN))
    command = [sys.executable, "-c", "import sys; from scenarios.cli import run; sys.exit(run(sys.argv[1:]))"]
    command += ["simulate", "--seed", "2", "--steps", str(STEPS_AGAIN), "--json"]
    ended = subprocess.run(
        command, capture_output=True, check=True, text=True, env=os.environ | {"PYTHONHASHSEED": "4711"}, timeout=60
    )
    (there,) = json.loads(ended.stdout)
    assert there["digest"] == here.digest
    assert there["happened"] == dict(sorted(here.happened.items()))


def test_another_seed_takes_another_course(asked: Asked) -> None:
    assert asked(apart.played, Setting(3, 40)).digest != asked(apart.played, Setting(4, 40)).digest


def test_each_step_is_told_with_the_letter_that_it_is_about(asked: Asked) -> None:
    outcome, told = asked(apart.told, Setting(5, 60))
    assert [each["step"] for each in told][:60] == list(range(1, 61))
    arrived = [each for each in told if each["kind"] == "arrives" and each["way"] == "request"]
    assert {"wallet", "pages"} & {str(each["to"]) for each in arrived}
    assert outcome.digest.startswith(str(told[-1]["digest"]))
