"""Where the digits stand is chance, fair and secret; the picture shows it to the eye and names it nowhere."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256

import pytest

from bank_sim.identity.keypad import Keypads, Place
from bank_sim.identity.keypad.draws import Draws
from bank_sim.identity.keypad.layout import AS_ON_A_PHONE, FACE, PLACES, Face
from bank_sim.identity.keypad.picture import centre, picture
from tests.branch import Branch

PLACE = Place("a visit", "app_x", "ebank.login")


def draws(seed: str) -> Draws:
    return Draws(lambda counter: sha256(f"{seed} {counter}".encode()).digest())


@pytest.fixture
def keypads(branch: Branch) -> Keypads:
    return branch.bank.keypads


def test_a_layout_holds_each_digit_once() -> None:
    for number in range(50):
        assert sorted(draws(str(number)).shuffled(PLACES)) == list(range(PLACES))


def test_every_digit_comes_to_every_place_equally_often() -> None:
    """A sieve against a shuffle that favours places: 2,000 layouts, each cell expected 200 times, sigma 13.4."""
    seen = Counter((place, digit) for n in range(2_000) for place, digit in enumerate(draws(f"n{n}").shuffled(PLACES)))
    assert len(seen) == PLACES * PLACES
    assert all(130 < count < 270 for count in seen.values())


def test_a_byte_that_would_favour_low_numbers_is_drawn_again() -> None:
    stream = iter([bytes([255]), bytes([250]), bytes([7])])
    assert Draws(lambda _: next(stream)).below(10) == 7


@pytest.mark.clause("7.2.2-3.1.1")
def test_each_keypad_has_a_layout_of_its_own_and_keeps_it(keypads: Keypads) -> None:
    tokens = [keypads.issue(PLACE) for _ in range(20)]
    layouts = [keypads.layout(token) for token in tokens]
    assert len(set(layouts)) == 20
    assert layouts == [keypads.layout(token) for token in tokens]
    assert len({keypads.picture(token) for token in tokens}) == 20


@pytest.mark.clause("7.2.2-3.1.2")
def test_a_keypad_that_is_not_scrambled_stands_as_on_a_phone(keypads: Keypads) -> None:
    face = Face(draws("one"))
    FACE.run(face, "face", frozenset({"keypad_scrambled"}))
    assert face.digits == AS_ON_A_PHONE
    FACE.run(face, "face")
    assert face.digits == draws("one").shuffled(PLACES)


def test_another_banks_vault_draws_another_layout(keypads: Keypads) -> None:
    """The token alone tells nothing: the same name under another key would be another layout."""
    token = keypads.issue(PLACE)
    assert draws(token).shuffled(PLACES) != keypads.layout(token)


@pytest.mark.clause("7.2.2-3.1.1")
def test_the_picture_names_no_digit_and_every_digit_has_the_same_form(keypads: Keypads) -> None:
    drawn = keypads.picture(keypads.issue(PLACE))
    assert not re.search(r"<(text|title|desc|use|style|script)", drawn)
    assert not re.search(r"\s(id|class|aria-\w+|data-\w+)=", drawn)
    shapes = [re.sub(r"\d", "0", line).replace("-", "") for line in re.findall(r'd="([^"]+)"', drawn)]
    assert len(shapes) == PLACES
    assert len(set(shapes)) == 1


def test_a_digit_is_drawn_inside_its_own_cell() -> None:
    for number in range(30):
        drawn = picture(range(PLACES), draws(f"cells {number}"))
        for place, line in enumerate(re.findall(r'd="M([^"]+)"', drawn)):
            numbers = [float(each) for each in line.split()]
            middle_x, middle_y = centre(place)
            assert all(abs(x - middle_x) < 25 for x in numbers[::2])
            assert all(abs(y - middle_y) < 30 for y in numbers[1::2])


def test_keys_lie_as_on_a_telephone_with_the_tenth_below_the_eighth() -> None:
    assert [centre(place) for place in (0, 2, 4, 8, 9)] == [(50, 32), (250, 32), (150, 96), (250, 160), (150, 224)]
