"""The user reads the bank's drawn keypad by eye, whatever it looks like this time."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from bank_sim.identity.keypad.draws import Draws
from bank_sim.identity.keypad.picture import CELL_HEIGHT, CELL_WIDTH, COLUMNS, ROWS, centre, picture
from user_sim import digits, pixels
from user_sim.chromium import Chromium, ChromiumBrowser

PICTURES = 25


@pytest.fixture
def paper(chromium: Chromium) -> Iterator[ChromiumBrowser]:
    browser = chromium.opened("computer", "en")
    browser.tab.set_viewport_size({"width": COLUMNS * CELL_WIDTH, "height": ROWS * CELL_HEIGHT})
    yield browser
    browser.close()


def key(shown: pixels.Rows, place: int) -> pixels.Rows:
    """The middle of one cell."""
    x, y = centre(place)
    rows = shown[int(y - CELL_HEIGHT * 0.4) : int(y + CELL_HEIGHT * 0.4)]
    return [row[int(x - CELL_WIDTH * 0.3) : int(x + CELL_WIDTH * 0.3)] for row in rows]


def test_every_keypad_is_read_right(paper: ChromiumBrowser) -> None:
    wrong = []
    for seed in range(PICTURES):
        draws = Draws(lambda counter, seed=seed: random.Random(f"{seed} {counter}").randbytes(32))
        layout = draws.shuffled(10)
        paper.tab.set_content(f'<body style="margin:0;background:#fff">{picture(layout, draws)}')
        shown = pixels.brightness(paper.tab.screenshot())
        if digits.read([key(shown, place) for place in range(10)]) != list(layout):
            wrong.append(seed)
    assert wrong == []
