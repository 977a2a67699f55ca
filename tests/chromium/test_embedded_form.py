"""A payment confirmed on the bank's keypad within the wallet's page: the wallet relays what it cannot read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from scenarios.world import World
from user_sim import keypad
from user_sim.chromium import Chromium
from user_sim.driver import HeadlessUser, Places

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Request

PAYER, PAYEE = 3, 1
AMOUNT = "12.34"


@pytest.fixture(scope="module")
def user(world: World, chromium: Chromium) -> Iterator[HeadlessUser]:
    """Somebody who has linked their bank, at a computer."""
    addresses = world.addresses
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    with HeadlessUser(world.people[PAYER], places, world.authority, browsers=chromium.opened) as user:
        user.open_wallet("Lux")
        user.link_bank()
        yield user


@pytest.fixture
def tab(user: HeadlessUser) -> Page:
    page: Page = user.browser.tab  # type: ignore[attr-defined]
    return page


def _frame(tab: Page) -> Locator:
    return tab.frame_locator("#bank-frame").locator("body")


def _order(world: World, tab: Page) -> None:
    """A payment to whom the sandbox's aid fills in: somebody whom the bank knows."""
    tab.goto(f"{world.addresses.wallet}/pay")
    tab.click(".aid button >> nth=0")
    assert tab.input_value("#payee_name") == world.people[PAYEE].name
    tab.fill("#amount", AMOUNT)
    tab.click("button[name=way]")
    tab.wait_for_url("**/here")


def _type(tab: Page, digits: str, box: str) -> None:
    """Press the digits on the keypad in the frame, tick the box beside it, and send what the frame seals."""
    form = _frame(tab).locator("form")
    form.locator("[data-keypad-keys]").wait_for()
    form.locator(f"input[name={box}]").check()
    keypad.press(form.locator("[data-keypad]"), digits)
    with tab.expect_navigation():
        form.locator("button[type=submit]").click()


@pytest.mark.clause("9.3.3-2.2.1", "7.2.2-3.1.2")
def test_a_payment_is_confirmed_in_the_frame_and_no_secret_passes_through_the_wallet(
    world: World, user: HeadlessUser, tab: Page
) -> None:
    sent: list[Request] = []
    tab.on("request", lambda each: sent.append(each))
    user.phone.put_aside()
    _order(world, tab)
    password = world.people[PAYER].password
    _type(tab, password, "read_notice")
    code = user.phone.wait_for_code().code
    _type(tab, code, "agree")
    tab.wait_for_selector("[data-state=executed]")

    bodies = [each.post_data or "" for each in sent if each.url.startswith(world.addresses.wallet)]
    relayed = [each for each in bodies if "sealed=" in each]
    assert len(relayed) == 2
    assert not [each for each in bodies if password in each or code in each]


def test_only_the_page_with_the_form_allows_a_frame_and_only_the_banks(world: World, tab: Page) -> None:
    _order(world, tab)
    answer = tab.goto(tab.url)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert f"frame-src {world.addresses.pages}" in policy
    assert "script-src 'self'" in policy
    other = tab.goto(f"{world.addresses.wallet}/history")
    assert other is not None
    assert "frame-src" not in other.headers["content-security-policy"]
    assert "script-src" not in other.headers["content-security-policy"]


def test_a_message_that_is_not_from_the_banks_frame_is_not_relayed(world: World, tab: Page) -> None:
    _order(world, tab)
    sent: list[Request] = []
    tab.on("request", lambda each: sent.append(each))
    forged = json.dumps({"type": "bank-embedded-proof", "sealed": "forged"})
    tab.evaluate(f"postMessage({forged}, '*')")
    tab.evaluate("new Promise(done => setTimeout(done, 100))")
    assert [each.url for each in sent if each.method == "POST"] == []
    assert tab.url.endswith("/here")


def test_a_wrong_password_leaves_the_frame_open_for_another_try(world: World, tab: Page) -> None:
    _order(world, tab)
    _type(tab, "00000000", "read_notice")
    assert tab.locator("[data-code=LOGIN_FAILED]").is_visible()
    assert _frame(tab).locator("[data-keypad-keys]").is_visible()
