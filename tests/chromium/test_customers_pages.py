"""What a customer sees, in both languages, is usable by everybody, small and still, and asks nobody else."""

from __future__ import annotations

import pytest

from tests.chromium.tour import Walk, spectators_path, users_path


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


def test_the_theatres_pages_have_nothing_wrong(walk: Walk, payment: tuple[str, str]) -> None:
    """Last: it shows what the walk before left on the wire."""
    spectators_path(walk)
    assert [each for each in walk.book.seen if each.startswith("theatre.")]
    assert "\n".join(walk.book.of("theatre")) == ""
