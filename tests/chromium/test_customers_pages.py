"""What a customer sees, in both languages, is usable by everybody, small and still, and asks nobody else."""

from __future__ import annotations

import pytest

from tests.chromium.tour import Walk, spectators_path, users_path
from user_sim.second_factors import add_authenticator, bind_phone

SETS_UP_ZH, SETS_UP_EN = 5, 6


@pytest.fixture(scope="module")
def payment(walk: Walk) -> tuple[str, str]:
    """The whole path, walked once."""
    return users_path(walk, 1 if walk.book.on_a_phone else 0, 2)


@pytest.mark.clause("10.2.2-2.2", "7.2.2-3.1.1")
def test_the_whole_path_is_walked_with_the_keypad(payment: tuple[str, str]) -> None:
    assert payment == ("executed", "")


@pytest.mark.parametrize("party", ["wallet", "bank", "phone"])
def test_the_pages_of_a_party_have_nothing_wrong(walk: Walk, payment: tuple[str, str], party: str) -> None:
    assert [each for each in walk.book.seen if each.startswith(f"{party}.")]
    assert "\n".join(walk.book.of(party)) == ""


def test_a_phone_and_an_authenticator_are_set_up_and_used_on_pages_with_nothing_wrong(
    walk: Walk, payment: tuple[str, str]
) -> None:
    """After the walk, which has examined the pages that lead there."""
    with walk.user(SETS_UP_EN if walk.book.on_a_phone else SETS_UP_ZH) as user:
        bind_phone(user)
        walk.world.control.advance(61)
        # By a tap on the phone from here on.
        add_authenticator(user)
        user.factor = "device_key"
        page = user.log_in_at_bank("/security")
        removal = next(each.href for each in page.document.links if each.href.endswith("/remove"))
        for href in ("/security/key", removal):
            user.browser.open(f"{walk.world.addresses.pages}{href}")
        for app in ("bank", "codes"):
            user.phone_browser.open(f"{walk.world.addresses.phone}/phone/{user.person.phone}/{app}")
    assert [each for each in walk.book.seen if each.startswith("bank.localhost/security")]
    assert "\n".join(walk.book.of("bank") + walk.book.of("phone")) == ""


def test_the_theatres_pages_have_nothing_wrong(walk: Walk, payment: tuple[str, str]) -> None:
    """Last: it shows what the walk before left on the wire."""
    spectators_path(walk)
    assert [each for each in walk.book.seen if each.startswith("theatre.")]
    assert "\n".join(walk.book.of("theatre")) == ""
