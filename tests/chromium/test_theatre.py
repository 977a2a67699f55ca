"""The theatre in a real browser: the diagram grows by itself, is played back, inspected, and taken home as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.world import World
from user_sim.chromium import Chromium
from user_sim.driver import HeadlessUser, Places

pytest.importorskip("playwright")

SOON_MS = 20_000
BALANCE = ".step.request:has-text('/balances')"


@pytest.fixture(scope="module")
def linked(world: World) -> Iterator[HeadlessUser]:
    """A customer who has linked the bank and looked at balances once."""
    addresses = world.addresses
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    with HeadlessUser(world.people[3], places, world.authority) as user:
        user.open_wallet("an onlooker's friend")
        user.link_bank()
        user.see_balances()
        yield user


@pytest.fixture
def tab(world: World, chromium: Chromium, linked: HeadlessUser):
    """The live stage in a window, in Chinese, with whatever went wrong in it noted."""
    context = chromium.process.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(SOON_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda request: wrong.append(request.url) if world.addresses.theatre not in request.url else None
    )
    page.goto(world.addresses.theatre)
    page.locator(BALANCE).first.wait_for()
    yield page
    context.close()
    assert wrong == []


def shown(page) -> int:
    return int(page.locator(".player output").inner_text().partition(" / ")[0])


def test_what_passes_appears_without_reloading_and_in_the_order_of_time(tab, linked: HeadlessUser) -> None:
    before = tab.locator(".step").count()
    linked.see_balances()
    tab.wait_for_function("before => document.querySelectorAll('.step').length >= before + 6", arg=before)

    times = tab.eval_on_selector_all(".sequence li", "all => all.map(each => Number(each.dataset.at))")
    assert times == sorted(times)
    assert shown(tab) == tab.locator(".sequence li").count()


def test_a_message_that_is_chosen_says_who_reads_what_and_which_checks_held(tab) -> None:
    tab.locator(f"{BALANCE} a").first.click()
    panel = tab.locator("#panel")
    panel.locator(".inspection").wait_for()

    assert "各方能读到什么" in panel.inner_text()
    assert panel.locator(".checks .held").count() >= 25
    panel.locator(".view.part summary").first.click()
    assert "sealed" in panel.locator(".view.part pre").last.inner_text()
    tab.keyboard.press("Escape")
    assert tab.locator(".step.chosen").count() == 0


def test_the_play_is_rewound_stepped_and_played_faster_by_keyboard_too(tab) -> None:
    total = tab.locator(".sequence li").count()
    tab.locator("[data-do=first]").click()
    assert tab.locator(".step:visible").count() == 0
    for _ in range(3):
        tab.locator("[data-do=next]").click()
    assert tab.locator(".sequence li:visible").count() == 3
    tab.locator("#content").focus()
    tab.keyboard.press("ArrowLeft")
    assert shown(tab) == 2
    tab.locator(".player select").select_option("4")
    tab.locator("[data-do=play]").click()
    tab.wait_for_function("() => Number(document.querySelector('.player input').value) >= 6")
    tab.locator("[data-do=play]").click()
    paused = shown(tab)
    tab.keyboard.press("Escape")
    tab.locator("#content").focus()
    tab.keyboard.press("End")

    assert 6 <= paused < total
    assert shown(tab) == total


def test_whoever_looks_back_is_not_disturbed_by_what_is_new(tab, linked: HeadlessUser) -> None:
    tab.locator("[data-do=first]").click()
    tab.locator("[data-do=next]").click()
    before = tab.locator(".sequence li").count()
    linked.see_balances()
    tab.wait_for_function("before => document.querySelectorAll('.sequence li').length > before", arg=before)

    assert shown(tab) == 1
    assert tab.locator(".sequence li:visible").count() == 1


def test_a_run_that_was_taken_home_plays_from_its_file_alone(tab, tmp_path: Path) -> None:
    with tab.expect_download() as download:
        tab.locator("a[download]").click()
    file = tmp_path / "run.html"
    download.value.save_as(file)
    alone = tab.context.new_page()
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("pageerror", lambda error: asked.append(str(error)))
    alone.goto(file.as_uri())
    alone.locator("[data-do=first]").click()
    alone.locator("[data-do=next]").click()
    one = alone.locator(".sequence li:visible").count()
    alone.locator("[data-do=last]").click()
    alone.locator(f"{BALANCE} a").first.click()

    assert one == 1
    assert alone.locator("#panel .checks .held").count() >= 25
    assert asked == [file.as_uri()]


def test_a_phone_shows_the_diagram_without_scrolling_sideways(world: World, chromium: Chromium, linked) -> None:
    context = chromium.process.new_context(locale="en", viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(world.addresses.theatre)
        page.locator(BALANCE).first.wait_for(timeout=SOON_MS)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        context.close()


def test_the_first_load_is_light_and_nothing_jumps(world: World, chromium: Chromium) -> None:
    context = chromium.process.new_context(locale="zh-CN")
    try:
        page = context.new_page()
        page.add_init_script(
            "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(each => window.shift +="
            " each.value)).observe({type: 'layout-shift', buffered: true})"
        )
        page.goto(f"{world.addresses.theatre}/plays")
        page.wait_for_load_state("networkidle")
        size = page.evaluate(
            "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
            ".reduce((sum, each) => sum + each.transferSize, 0)"
        )
        assert size < 150_000
        assert page.evaluate("window.shift") < 0.01
    finally:
        context.close()
