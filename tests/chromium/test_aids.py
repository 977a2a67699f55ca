"""Sandbox aids are marked as such, and tell nobody's password. That ``--no-aids`` leaves none, tests/user shows."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from scenarios.world import World
from user_sim.chromium import Chromium, ChromiumBrowser
from user_sim.http_browser import LoopbackTransport

LOGINS = ("pages:/login", "console:/login")
MARK = "Sandbox aid"


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


def _text(transport: LoopbackTransport, url: str) -> str:
    with httpx.Client(transport=transport) as client:
        return client.get(url).text
