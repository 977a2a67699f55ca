"""Pages are used by keyboard alone: a way past the header, every control within reach, and the eye led along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scenarios.world import World
from user_sim.chromium import Chromium, ChromiumBrowser

PAGES = (
    "wallet:/",
    "pages:/",
    "pages:/login",
    "phone:/",
    "portal:/",
    "portal:/apis",
    "console:/login",
    "theatre:/plays",
)
_FOCUSED = """() => {
  const on = document.activeElement, style = getComputedStyle(on);
  return {
    what: on.outerHTML.slice(0, 80),
    seen: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
    shown: on.getBoundingClientRect().bottom > 0 && on.getBoundingClientRect().top < innerHeight,
  };
}"""
_REACHABLE = """() => document.querySelectorAll(
  'main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)').length"""
PRESSES_MAX = 25


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[ChromiumBrowser]:
    browser = chromium.opened("computer", "en")
    yield browser
    browser.close()


@pytest.mark.parametrize("address", PAGES)
def test_the_tab_key_leads_past_the_header_and_shows_where_one_is(
    world: World, browser: ChromiumBrowser, address: str
) -> None:
    party, _, path = address.partition(":")
    browser.open(getattr(world.addresses, party) + path)
    keyboard = browser.tab.keyboard
    keyboard.press("Tab")
    assert "skip" in browser.tab.evaluate(_FOCUSED)["what"], "the first stop is the way past the header"
    keyboard.press("Enter")
    lost = []
    for _ in range(min(PRESSES_MAX, browser.tab.evaluate(_REACHABLE))):
        keyboard.press("Tab")
        stop = browser.tab.evaluate(_FOCUSED)
        if stop["what"].startswith("<body"):
            # Past the last one.
            break
        lost += [] if stop["seen"] and stop["shown"] else [stop]
    assert lost == []


def test_a_user_logs_in_at_the_bank_without_a_mouse(world: World, browser: ChromiumBrowser) -> None:
    """The keypad's keys are named by their place; whoever cannot see the picture types on their own keyboard."""
    person = world.people[8]
    browser.open(f"{world.addresses.pages}/login")
    tab = browser.tab
    tab.locator("[name=login_name]").focus()
    tab.keyboard.type(person.login_name)
    tab.locator(".keypad summary").focus()
    tab.keyboard.press("Enter")
    tab.locator("[data-keypad-switch]").focus()
    tab.keyboard.press("Space")
    tab.keyboard.type(person.password)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/factor")
    assert tab.locator("[name=otp]").count() == 1
