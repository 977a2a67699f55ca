"""Worlds that the scenario tests share: starting three processes is dear, so each suite's world is started once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.home import Home
from scenarios.passphrase import ephemeral
from scenarios.range.scenes import SCENES
from scenarios.registry import Scenario, scenarios
from scenarios.residues.watch import Watch
from scenarios.runner import Theatre, scenario_world
from scenarios.stage import Stage
from scenarios.world import Plan, running_world


def played_in(suite: str) -> list[Scenario]:
    return [each for each in scenarios().values() if suite in each.suites]


class RememberingTheatre(Theatre):
    """Keeps the newest play's stage, for whoever judges the same play by other means."""

    newest: Stage

    def stage(self) -> Stage:
        self.newest = super().stage()
        return self.newest


@pytest.fixture(scope="session")
def gm_theatre() -> Iterator[RememberingTheatre]:
    """A gm world with a customer for each scenario, proof and scene, and a few to spare.

    A worker beside others plays either the scenarios or the rest.
    """
    plays = len(played_in("gm"))
    people = (plays if "PYTEST_XDIST_WORKER" in os.environ else 2 * plays) + len(SCENES) + 8
    with scenario_world("gm", people, dict(os.environ)) as world:
        yield RememberingTheatre(world, watch=Watch(world, thorough=False))


@pytest.fixture(scope="session")
def intl_theatre() -> Iterator[Theatre]:
    with scenario_world("intl", len(played_in("intl")), dict(os.environ)) as world:
        yield Theatre(world, watch=Watch(world, thorough=False))


@pytest.fixture(scope="session")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a sandbox in which a user linked and paid, after it has stopped."""
    from scenarios.stage import Stage

    plan = Plan(
        home=tmp_path_factory.mktemp("left") / "home",
        passphrase=ephemeral(),
        port_base=0,
        people=3,
        tapped=True,
        environment=dict(os.environ),
    )
    with running_world(plan) as world:
        stage = Stage(world, *world.people)
        scenarios()["transfer-gm"].play(stage)
        stage.close()
    return plan.home


@pytest.fixture
def abandoned(left_behind: Path, tmp_path: Path) -> Home:
    """A copy of that home, to be tampered with."""
    shutil.copytree(left_behind, tmp_path / "home")
    return Home(tmp_path / "home")
