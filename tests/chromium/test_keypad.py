"""A password typed on the bank's keypad leaves no digit behind in the browser: page, events, wire."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jinja2
import pytest

from bank_sim.ebank.keypad import Offer
from bank_sim.ebank.keypad_texts import WORDS
from bank_sim.sdk import browser as published
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed
from scenarios.canaries import encodings
from scenarios.world import World
from user_sim import keypad
from user_sim.chromium import Chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

ROOT = Path(__file__).parents[2]
PERSON = 5

# What a script that somebody smuggled into the page could write down: every event with its target, every change of the
# page and of its fields, whatever is copied or stored.
RECORDER = """
(() => {
  const kinds = ['keydown', 'keyup', 'keypress', 'beforeinput', 'input', 'click', 'pointerdown', 'copy',
                 'cut', 'paste', 'focusin', 'submit'];
  window.recorded = {events: [], pages: [], values: [], stored: []};
  for (const kind of kinds) addEventListener(kind, event => recorded.events.push({
    kind, key: event.key ?? '', data: event.data ?? '', target: event.target.outerHTML?.slice(0, 300) ?? '',
    text: event.target.textContent?.slice(0, 100) ?? '',
  }), true);
  const look = () => {
    recorded.pages.push(document.documentElement.outerHTML);
    recorded.values.push([...document.querySelectorAll('input')].map(each => each.value));
    recorded.stored.push(JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie]));
  };
  new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  navigator.clipboard.writeText = text => recorded.stored.push(text);
})();
"""


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    if not (published.FOLDER / "built/keypad-gm.js").exists():
        pytest.skip("the keypad is not built; npm ci and npm run build in bank_sim/sdk/browser/keypad do it")


@pytest.fixture
def tab(chromium: Chromium) -> Iterator[Page]:
    browser = chromium.opened("phone", "en")
    yield browser.tab
    browser.close()


def asks_for_a_code(tab: Page) -> bool:
    """The password was right. Whether a code went out just now is another question: one a minute does."""
    return tab.locator("[name=otp]").count() == 1


def at_login(world: World, tab: Page) -> None:
    tab.goto(f"{world.addresses.pages}/login")
    tab.fill("#login_name", world.people[PERSON].login_name)


def send(tab: Page) -> None:
    with tab.expect_navigation():
        tab.click("form button[type=submit].primary")


@pytest.mark.clause("7.2.2-3.1.1")
def test_whatever_watches_the_page_learns_no_digit(world: World, tab: Page) -> None:
    password = world.people[PERSON].password
    sent: list[Request] = []
    tab.on("request", lambda each: sent.append(each))
    tab.add_init_script(RECORDER)
    at_login(world, tab)
    before = len(tab.evaluate("recorded.events"))
    keypad.press(tab.locator("[data-keypad]"), password)
    recorded: dict[str, list[Any]] = tab.evaluate("recorded")
    pressed = [each for each in recorded["events"][before:] if each["kind"] == "click"]
    assert len(pressed) == len(password)
    for event in recorded["events"][before:]:
        assert not re.search(r"\d", event["key"] + event["data"] + event["target"] + event["text"]), event
    assert recorded["pages"]
    everything = json.dumps([recorded["pages"], recorded["values"], recorded["stored"]])
    send(tab)
    assert asks_for_a_code(tab)
    crossed = "\n".join(f"{each.url} {each.all_headers()} {each.post_data or ''}" for each in sent)
    assert "sealed=" in crossed
    for name, needle in encodings(password).items():
        assert needle.decode("latin-1") not in everything, name
        assert needle.decode("latin-1") not in crossed, name


@pytest.mark.clause("7.2.2-3.1.1")
def test_a_key_tells_nobody_its_digit_and_a_screen_reader_its_place(world: World, tab: Page) -> None:
    at_login(world, tab)
    read_out = tab.locator("[data-keypad-keys]").aria_snapshot()
    assert "first row, left" in read_out
    assert "fourth row, middle" in read_out
    assert not re.search(r"\d", read_out)
    looks = tab.locator("[data-keypad-key]").evaluate_all(
        "keys => keys.map(key => [key.className, key.offsetWidth, getComputedStyle(key).backgroundColor])"
    )
    assert len({json.dumps(each) for each in looks}) == 1


@pytest.mark.clause("7.2.2-3.1.1")
def test_the_same_password_is_pressed_in_other_places_the_next_time(world: World, tab: Page) -> None:
    tab.add_init_script(RECORDER)
    ways = []
    for _ in range(2):
        at_login(world, tab)
        keypad.press(tab.locator("[data-keypad]"), "0123456789"[: len(world.people[PERSON].password)])
        clicks = tab.evaluate("recorded.events.filter(each => each.kind === 'click').map(each => each.target)")
        ways.append([re.findall(r'aria-label="([^"]+)"', each)[0] for each in clicks])
    assert ways[0] != ways[1]


def test_keys_work_from_the_keyboard_and_dots_stand_for_what_was_pressed(world: World, tab: Page) -> None:
    at_login(world, tab)
    key = tab.locator("[data-keypad-key]").first
    key.focus()
    for way in ("Enter", "Space"):
        tab.keyboard.press(way)
    assert tab.locator("[data-keypad-dots] .full").count() == 2
    assert tab.inner_text("[data-keypad-count]") == "two entered"
    tab.click("[data-keypad-delete]")
    assert tab.locator("[data-keypad-dots] .full").count() == 1
    tab.click("[data-keypad-clear]")
    assert tab.locator("[data-keypad-dots] .full").count() == 0
    tab.click("form button[type=submit].primary")
    assert tab.locator("[data-keypad-error]").is_visible()
    assert tab.url.endswith("/login")


def test_the_own_keyboard_is_off_at_first_and_its_field_holds_dots_only(world: World, tab: Page) -> None:
    password = world.people[PERSON].password
    at_login(world, tab)
    assert not tab.locator("[data-keypad-field]").is_visible()
    tab.click("summary")
    tab.click("[data-keypad-switch]")
    assert not tab.locator("[data-keypad-keys]").is_visible()
    tab.keyboard.type("x" + password + "9")
    assert tab.input_value("[data-keypad-field]") == "•" * len(password)
    tab.evaluate("document.querySelector('[data-keypad-field]').dispatchEvent(new InputEvent('beforeinput', "
                 "{inputType: 'insertFromPaste', data: '1', bubbles: true, cancelable: true}))")  # fmt: skip
    assert tab.input_value("[data-keypad-field]") == "•" * len(password)
    send(tab)
    assert asks_for_a_code(tab)


def test_without_script_a_plain_field_takes_the_keypads_place_and_says_so(world: World, chromium: Chromium) -> None:
    context = chromium.process.new_context(java_script_enabled=False, locale="en")
    try:
        tab = context.new_page()
        at_login(world, tab)
        assert not tab.locator("[data-keypad]").is_visible()
        assert "TLS alone" in tab.inner_text("main")
        tab.fill("#password", world.people[PERSON].password)
        send(tab)
        assert asks_for_a_code(tab)
    finally:
        context.close()


@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_both_suites_seal_what_the_bank_opens(tab: Page, suite: str) -> None:
    """The page of a bank that the test itself plays, so that it may look into what was sealed."""
    key = keypairs.generate(suite, "enc")
    offer = Offer("a-token", "app_x", "ebank.login", json.dumps(key.public.jwk()), 8, WORDS["en"])
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "bank_sim/ebank/templates"), autoescape=True)
    form = templates.get_template("keypad.html").render(keypad=offer, label="Password", hint="")
    script = (published.FOLDER / f"built/keypad-{suite}.js").read_text()
    page = f'<!doctype html><form method="post">{form}<button class="primary">Go</button></form>'
    posted: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            posted.append(route.request.post_data or "")
        route.fulfill(content_type="text/html", body=page)

    tab.route("https://bank.localhost:9/**", answer)
    tab.goto("https://bank.localhost:9/login")
    tab.add_script_tag(content=script, type="module")
    tab.wait_for_function("document.querySelector('[data-keypad-count]').textContent !== ''")
    keys = tab.locator("[data-keypad-key]")
    places = [3, 0, 9, 9, 1, 8, 2, 7]
    for place in places:
        keys.nth(place).click()
    with tab.expect_navigation():
        tab.click("button.primary")
    (sealed,) = parse_qs(posted[0])["sealed"]
    assert open_sealed(sealed, key, SealContext("app_x", "ebank.login", "request", "a-token")) == {"keys": places}
