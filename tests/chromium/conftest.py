"""A whole sandbox, a real Chromium, and the examiner of pages, each started once for all tests of this folder.

Without Playwright, Chromium or axe-core the tests say that they were skipped; ``tests/chromium/ensure_chromium.sh``
brings what is missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.passphrase import ephemeral
from scenarios.theatre.serving import open_theatre
from scenarios.world import Plan, World, running_world
from tests.chromium.examination import Examiner
from tests.chromium.starting import started_chromium
from tests.chromium.tour import Book, Walk
from user_sim.chromium import Chromium

AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    plan = Plan(
        home=tmp_path_factory.mktemp("chromium") / "home",
        passphrase=ephemeral(),
        port_base=0,
        people=9,
        aids=True,
        trace=True,
        environment=dict(os.environ),
    )
    with running_world(plan) as started, open_theatre(started):
        yield started


@pytest.fixture(scope="module", autouse=True)
def _a_minute_later(request: pytest.FixtureRequest) -> None:
    """The same people log in again and again, and a bank sends nobody two codes within a minute."""
    if "world" in request.fixturenames:
        request.getfixturevalue("world").control.advance(61)


@pytest.fixture(scope="module")
def chromium(world: World) -> Iterator[Chromium]:
    """For one module at a time: Playwright keeps an event loop running, which other tests of this process want."""
    with started_chromium(world) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def examiner() -> Examiner:
    if not AXE.exists():
        pytest.skip("axe-core is missing; npm ci --prefix tests brings it")
    return Examiner(AXE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["zh-CN", "en"])
def walk(request: pytest.FixtureRequest, world: World, chromium: Chromium, examiner: Examiner) -> Walk:
    """One walk a language: in Chinese at a computer, in English on a phone."""
    chinese = request.param == "zh-CN"
    languages = "zh-CN,zh;q=0.9,en;q=0.5" if chinese else "en-GB,en;q=0.9"
    return Walk(world, chromium, examiner, languages, Book(request.param, on_a_phone=not chinese))
