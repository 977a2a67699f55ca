"""One running sandbox with its theatre, and one play that was recorded, for all tests of the theatre."""

import os
import time
from collections.abc import Iterator

import httpx
import pytest

from scenarios.passphrase import ephemeral
from scenarios.registry import scenarios
from scenarios.runner import Theatre, scenario_world
from scenarios.theatre.following import following
from scenarios.theatre.house import House
from scenarios.theatre.recording import Recording
from scenarios.theatre.serving import open_theatre
from scenarios.world import Plan, World, running_world
from user_sim.driver import HeadlessUser, Places
from user_sim.http_browser import LoopbackTransport


def plan(folder, **more) -> Plan:
    asked = {"passphrase": ephemeral(), "port_base": 0, "people": 5, "environment": dict(os.environ)}
    return Plan(home=folder / "home", **(asked | more))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(plan(tmp_path_factory.mktemp("theatre"), trace=True, aids=True)) as world:
        yield world


@pytest.fixture(scope="session")
def house(world: World) -> Iterator[House]:
    with open_theatre(world) as house:
        yield house


@pytest.fixture(scope="session")
def visitor(house: House) -> Iterator[httpx.Client]:
    """A browser's side of the theatre: its host, its origin, its trust."""
    transport = LoopbackTransport(house.world.authority)
    own = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=house.origin, transport=transport, headers=own, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def linking(house: House) -> Iterator[HeadlessUser]:
    """A customer of the running sandbox who has linked the bank, and left that on the stage."""
    addresses = house.world.addresses
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    with HeadlessUser(house.world.people[2], places, house.world.authority) as user:
        user.open_wallet("somebody")
        user.link_bank()
        user.see_balances()
        yield user


PLAYED = (("amount-tampered", "weakened"), ("transfer-replayed", "whole"), ("answer-lost", "whole"))


@pytest.fixture(scope="session")
def played() -> dict[str, Recording]:
    """Recordings of three plays by name, played one after the other in one world."""
    everything, parts = Recording("all", "gm"), []
    with scenario_world("gm", len(PLAYED), dict(os.environ), trace=True) as world, following(world, everything):
        theatre = Theatre(world, languages="en")
        for name, mode in PLAYED:
            recording = Recording(name, "gm", "playing", scenarios()[name], mode)
            result = theatre.play(scenarios()[name], mode)
            assert result.passed, result.outcome
            parts.append((recording, result, time.time_ns()))
    for recording, result, ended_ns in parts:
        recording.add(each for each in everything.messages if recording.begun_ns <= each.started_ns <= ended_ns)
        recording.finish(result)
    return {recording.name: recording for recording, _, _ in parts}


@pytest.fixture
def tampered(played: dict[str, Recording]) -> Recording:
    """The attack that changes an amount, at a bank without the defence against it."""
    return played["amount-tampered"]
