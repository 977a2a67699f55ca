"""The console in a real Chromium: figures that keep themselves up to date, a marked aid, and no script needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page

from scenarios.colleagues import colleagues
from scenarios.world import World
from user_sim.chromium import Chromium
from user_sim.http_browser import LoopbackTransport

SOON_MS = 20_000
ZH, EN = "zh-CN", "en-GB"
Opens = Callable[..., Page]


@pytest.fixture
def opens(world: World, chromium: Chromium) -> Iterator[Opens]:
    """The login in a window; whatever went wrong in it, or was loaded from elsewhere, is noted."""
    contexts, wrong = [], []

    def opened(language: str, **changes: object) -> Page:
        context = chromium.process.new_context(locale=language, **changes)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SOON_MS)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        elsewhere = world.addresses.console
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(elsewhere) else None)
        page.goto(f"{world.addresses.console}/login")
        return page

    yield opened
    for each in contexts:
        each.close()
    assert wrong == []


@pytest.fixture
def call(world: World) -> Iterator[Callable[[], None]]:
    """Somebody calls the gateway in vain."""
    with httpx.Client(transport=LoopbackTransport(world.authority)) as stranger:
        yield lambda: stranger.get(f"{world.addresses.gateway}/api/nothing") and None


def log_in(page: Page, role: str) -> None:
    """By the aid, as a trainer does."""
    page.locator("#aid > button").click()
    page.locator("#aid .actions button", has_text=role).first.click()
    page.locator("main form button[type=submit]").click()
    page.locator("#live").wait_for()


def calls(page: Page) -> int:
    return int(page.locator("#live .stat b").first.inner_text().replace(",", ""))


@pytest.mark.clause("10.1.1-1")
@pytest.mark.parametrize(("language", "role"), [(ZH, "运营员"), (EN, "operator")])
def test_figures_keep_themselves_up_to_date_until_somebody_stops_them(
    opens: Opens, call: Callable[[], None], language: str, role: str
) -> None:
    page = opens(language)
    assert "沙箱辅助" in page.locator("#aid").evaluate("aid => getComputedStyle(aid, '::before').content")
    log_in(page, role)
    before = calls(page)
    page.evaluate("document.body.dataset.untouched = 'yes'")
    call()
    page.wait_for_function(
        "before => Number(document.querySelector('#live .stat b').textContent.replace(',', '')) > before", arg=before
    )
    assert page.locator("body").get_attribute("data-untouched") == "yes"
    page.locator("#pause").click()
    assert page.locator("#pause").get_attribute("aria-pressed") == "true"
    assert page.locator("#live-state").inner_text() != ""


def test_a_screen_whose_session_has_ended_goes_to_the_login(opens: Opens) -> None:
    page = opens(EN)
    log_in(page, "reviewer")
    page.context.clear_cookies()
    page.wait_for_url("**/login**")


def test_without_script_the_figures_are_there_and_an_action_can_be_confirmed(
    opens: Opens, call: Callable[[], None], world: World
) -> None:
    operator = colleagues(world.plan.seed)[0]
    page = opens(EN, java_script_enabled=False)
    page.locator("#login_name").fill(operator.login_name)
    page.locator("#password").fill(operator.password)
    page.locator("main form button[type=submit]").click()
    before = calls(page)
    call()
    page.get_by_role("link", name="Refresh").click()
    assert calls(page) > before
    page.locator("nav summary", has_text="Records").click()
    page.locator("nav").get_by_role("link", name="Access log").click()
    assert page.locator("h1").inner_text() == "Access log"
    page.goto(f"{world.addresses.console}/act/blacklist_source/192.0.2.200")
    page.locator("#reason").fill("a drill in a browser without script")
    page.locator("button.danger").click()
    assert "192.0.2.200" in page.locator("table").inner_text()


def test_the_menu_opens_by_keyboard_one_at_a_time_and_closes_by_escape(opens: Opens) -> None:
    page = opens(EN)
    log_in(page, "operator")
    headings = page.locator("nav summary")
    for each in (0, 1):
        headings.nth(each).press("Enter")
        assert page.locator("nav details[open]").count() == 1
    assert page.locator("nav details[open] a").first.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("nav details[open]").count() == 0
    assert headings.nth(1).evaluate("heading => heading === document.activeElement")
