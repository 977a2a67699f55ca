"""The embedded form shows itself in the page of the application that opened it, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from bank_sim.sdk import browser as published
from bank_sim.sdk.server import EmbeddedForm
from scenarios.observe import Bank
from scenarios.partner import Partner
from scenarios.world import World
from user_sim import keypad
from user_sim.chromium import Chromium
from user_sim.driver import HeadlessUser, Places
from user_sim.http_browser import LoopbackTransport

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAYER, PAYEE = 6, 7
LISTENING = "window.heard = []; addEventListener('message', event => heard.push([event.origin, event.data]))"


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    if not (published.FOLDER / "built/keypad-gm.js").exists():
        pytest.skip("the keypad is not built; npm ci and npm run build in bank_sim/sdk/browser/keypad do it")


@pytest.fixture(scope="module")
def shop(world: World) -> Iterator[Partner]:
    partner = Partner("framing-shop", world.plan.suite, world.addresses, world.control, world.authority)
    yield partner
    partner.close()


@pytest.fixture(scope="module")
def transfer_id(world: World, shop: Partner) -> str:
    """An order that waits for its payer's word."""
    addresses, payee = world.addresses, world.people[PAYEE]
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    wire = shop.callback_page(LoopbackTransport(world.authority))
    with HeadlessUser(world.people[PAYER], places, world.authority, transport=wire) as user:
        consent = shop.ask_for_accounts()
        token = shop.tokens(consent, user.at_bank(consent.url).location.query).access_token
    account_ref = shop.accounts(token)[0]["account_ref"]
    number = Bank(world.home).account_numbers(payee.login_name)["I"]
    return str(shop.order_transfer(token, account_ref, "1.00", number, payee.name).data["transfer_id"])


@pytest.fixture
def form(shop: Partner, transfer_id: str) -> EmbeddedForm:
    return shop.embed_payment(transfer_id)[1]


@pytest.fixture
def tab(chromium: Chromium) -> Iterator[Page]:
    browser = chromium.opened("computer", "en")
    yield browser.tab
    browser.close()


def framing(tab: Page, origin: str, address: str) -> list[str]:
    """A page of ``origin`` that shows ``address`` in a frame and listens; returns what the browser says of it."""
    from playwright.sync_api import Error

    said: list[str] = []
    tab.on("console", lambda each: said.append(each.text))
    page = f'<!doctype html><script>{LISTENING}</script><iframe src="{address}" width="600" height="1100"></iframe>'
    tab.route(f"{origin}/**", lambda each: each.fulfill(content_type="text/html", body=page))
    # The page comes from no address, and newer browsers keep such from this machine's; older ones know no permission.
    with suppress(Error):
        tab.context.grant_permissions(["local-network-access"])
    tab.goto(f"{origin}/page")
    tab.wait_for_load_state("networkidle")
    return said


@pytest.mark.clause("9.3.3-2.2.1", "10.2.2-2.2")
def test_the_applications_page_shows_it_and_is_handed_what_the_bank_opens(
    world: World, shop: Partner, form: EmbeddedForm, tab: Page
) -> None:
    framing(tab, f"https://{shop.host}", form.frame_url)
    frame = tab.frame_locator("iframe")
    frame.locator("[name=read_notice]").check()
    keypad.press(frame.locator("[data-keypad]"), world.people[PAYER].password)
    frame.locator("button[type=submit]").click()
    tab.wait_for_function("heard.length === 1")
    ((origin, message),) = tab.evaluate("heard")
    assert (origin, message["type"]) == (world.addresses.pages, "bank-embedded-proof")
    assert shop.client.embedded.hand_over(form.session, message["sealed"]).next == "otp"


@pytest.mark.clause("10.2.2-2.2")
@pytest.mark.parametrize(
    "origin", ["https://evil.localhost", "https://framing-shop.evil.localhost", "http://evil.localhost"]
)
def test_a_page_of_anybody_else_shows_nothing_and_hears_nothing(form: EmbeddedForm, tab: Page, origin: str) -> None:
    said = framing(tab, origin, form.frame_url)
    assert any("frame-ancestors" in each for each in said)
    assert tab.frame_locator("iframe").locator("[data-keypad]").count() == 0
    assert tab.evaluate("heard") == []


def test_nobody_at_all_can_frame_the_banks_own_pages(world: World, shop: Partner, tab: Page) -> None:
    said = framing(tab, f"https://{shop.host}", f"{world.addresses.pages}/login")
    assert any("frame-ancestors 'none'" in each for each in said)
    assert tab.frame_locator("iframe").locator("[data-keypad]").count() == 0
