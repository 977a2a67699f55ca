"""Sandbox aids are marked as such, and are not there at all with ``--no-aids``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import httpx
import pytest

from scenarios.passphrase import ephemeral
from scenarios.world import Plan, World, running_world
from user_sim.chromium import Chromium, ChromiumBrowser
from user_sim.http_browser import HttpBrowser, LoopbackTransport

LOGINS = ("pages:/login", "console:/login")
MARK = "Sandbox aid"


@pytest.fixture(scope="module")
def plain_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("plain") / "home"
    plan = Plan(home=home, passphrase=ephemeral(), port_base=0, people=2, environment=dict(os.environ))
    with running_world(plan) as started:
        yield started


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[ChromiumBrowser]:
    browser = chromium.opened("computer", "en")
    yield browser
    browser.close()


@pytest.mark.parametrize("address", LOGINS)
def test_an_aid_says_that_it_is_one(world: World, browser: ChromiumBrowser, address: str) -> None:
    party, _, path = address.partition(":")
    browser.open(getattr(world.addresses, party) + path)
    frame = browser.tab.locator(".aid").first
    assert frame.is_visible()
    shown = frame.evaluate("e => getComputedStyle(e, '::before').content + e.innerText")
    assert MARK in shown
    assert frame.evaluate("e => getComputedStyle(e).borderTopStyle") == "dashed"


@pytest.mark.parametrize("address", LOGINS)
def test_nobodys_password_stands_in_a_page(world: World, address: str) -> None:
    party, _, path = address.partition(":")
    transport = LoopbackTransport(world.authority)
    html = _text(transport, getattr(world.addresses, party) + path)
    assert [person.login_name for person in world.people if person.password in html or person.login_name in html] == []


@pytest.mark.parametrize("address", LOGINS)
def test_without_aids_there_is_no_trace_of_them(plain_world: World, address: str) -> None:
    party, _, path = address.partition(":")
    browser = HttpBrowser(LoopbackTransport(plain_world.authority), "en")
    origin = getattr(plain_world.addresses, party)
    assert browser.open(origin + path).status == 200
    assert (
        re.findall(r'class="[^"]*\baid\b|data-aid', _text(LoopbackTransport(plain_world.authority), origin + path))
        == []
    )
    assert browser.open(f"{origin}/aids/people").status == 404
    browser.close()
    assert not (plain_world.home.party("bank") / "aids.json").exists()


def _text(transport: LoopbackTransport, url: str) -> str:
    with httpx.Client(transport=transport) as client:
        return client.get(url).text
