"""A sandbox with two gateway workers and an application of the load tests' own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from loadtests.application import LoadApplication, join
from scenarios.passphrase import ephemeral
from scenarios.world import Plan, World, running_world


@pytest.fixture(scope="session")
def busy_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    plan = Plan(
        home=tmp_path_factory.mktemp("busy") / "home",
        passphrase=ephemeral(),
        workers=2,
        port_base=0,
        people=4,
        environment=dict(os.environ),
    )
    with running_world(plan) as started:
        yield started


@pytest.fixture(scope="session", params=["gm", "intl"])
def application(request: pytest.FixtureRequest, busy_world: World) -> Iterator[LoadApplication]:
    application = LoadApplication(busy_world, join(busy_world, request.param))
    yield application
    application.close()
