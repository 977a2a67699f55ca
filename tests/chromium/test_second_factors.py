"""Second factors in a real browser: the phone and the authenticator are set up and used, a security key by WebAuthn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scenarios.world import World
from tests.chromium.examination import Examiner
from tests.chromium.tour import Book, Walk
from user_sim.chromium import Chromium
from user_sim.driver import HeadlessUser, Places
from user_sim.second_factors import add_authenticator, bind_phone

ZH, EN = "zh-CN,zh;q=0.9,en;q=0.5", "en-GB,en;q=0.9"
SETS_UP_ZH, SETS_UP_EN, HAS_A_KEY = 5, 6, 7


@pytest.mark.parametrize(("language", "number"), [("zh-CN", SETS_UP_ZH), ("en", SETS_UP_EN)])
def test_a_phone_and_an_authenticator_are_set_up_and_used_on_pages_with_nothing_wrong(
    world: World, chromium: Chromium, examiner: Examiner, language: str, number: int
) -> None:
    chinese = language == "zh-CN"
    walk = Walk(world, chromium, examiner, ZH if chinese else EN, Book(language, on_a_phone=not chinese))
    with walk.user(number) as user:
        bind_phone(user)
        world.control.advance(61)
        # By a tap on the phone from here on.
        add_authenticator(user)
        user.factor = "device_key"
        page = user.log_in_at_bank("/security")
        removal = next(each.href for each in page.document.links if each.href.endswith("/remove"))
        for href in ("/security/key", removal):
            user.browser.open(f"{world.addresses.pages}{href}")
        for app in ("bank", "codes"):
            user.phone_browser.open(f"{world.addresses.phone}/phone/{user.person.phone}/{app}")
    assert [each for each in walk.book.seen if each.startswith("bank.localhost/security")]
    assert "\n".join(str(each) for each in walk.book.findings) == ""


@pytest.fixture
def key_holder(world: World, chromium: Chromium) -> Iterator[HeadlessUser]:
    """Somebody whose computer has a security key plugged in, which is touched whenever it blinks."""
    places = Places(world.addresses.wallet, world.addresses.pages, world.addresses.phone)
    person = world.people[HAS_A_KEY]
    with HeadlessUser(person, places, world.authority, browsers=chromium.opened, languages=EN) as user:
        tab = user.browser.tab
        devices = tab.context.new_cdp_session(tab)
        devices.send("WebAuthn.enable")
        plugged_in = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": False,
            "hasUserVerification": False,
            "automaticPresenceSimulation": True,
        }
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": plugged_in})
        yield user


@pytest.mark.clause("7.2.1-b-2.2")
def test_a_security_key_is_added_and_logs_in(key_holder: HeadlessUser) -> None:
    key_holder.log_in_at_bank("/security")
    page = key_holder.browser.follow("/security/key")
    form = page.form_with("security_key")
    assert form is not None
    page = key_holder.browser.submit(form, {})
    assert page.location.path == "/security"
    key_holder.factor = "security_key"
    sent = len(key_holder.phone.messages())
    assert key_holder.log_in_at_bank("/security").location.path == "/security"
    assert len(key_holder.phone.messages()) == sent
