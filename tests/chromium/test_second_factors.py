"""A security key in a real browser, by WebAuthn. Phone and authenticator are set up on the walk of customers' pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scenarios.world import World
from user_sim.chromium import Chromium
from user_sim.driver import HeadlessUser, Places

EN = "en-GB,en;q=0.9"
HAS_A_KEY = 7


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
    sent = codes(key_holder)
    assert key_holder.log_in_at_bank("/security").location.path == "/security"
    assert codes(key_holder) == sent


def codes(user: HeadlessUser) -> list[str]:
    """Those sent so far; that a key was added is told by a message of its own, which may still be on its way."""
    return [each for each in user.phone.messages() if each.startswith("Code ")]
