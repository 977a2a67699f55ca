"""How a person types on the bank's on-screen keypad: looks at the picture, finds each digit, presses the key under it.

Nothing in the page tells which key is which; only a look at what is drawn does. So this looks, at a screenshot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from user_sim import digits, pixels

if TYPE_CHECKING:
    from playwright.sync_api import Locator

KIND = "keypad"
_KEYS = "[data-keypad-keys]"
_KEY = "[data-keypad-key]"
# A key's own edge is no part of its digit.
_EDGE_X, _EDGE_Y = 0.2, 0.1
_PLACES = """keys => {
  const around = keys[0].closest('[data-keypad-keys]').getBoundingClientRect();
  return keys.map(key => {
    const box = key.getBoundingClientRect();
    return [box.left - around.left, box.top - around.top, box.width, box.height];
  });
}"""


def press(keypad: Locator, typed: str) -> None:
    """Press the digits of ``typed`` one by one. ValueError where the keypad cannot be read."""
    keys = keypad.locator(_KEY)
    picture = pixels.brightness(keypad.locator(_KEYS).screenshot(scale="css"))
    places = keys.evaluate_all(_PLACES)
    shown = digits.read([_face(picture, place) for place in places])
    for each in typed:
        keys.nth(shown.index(int(each))).click()


def _face(picture: pixels.Rows, place: list[float]) -> pixels.Rows:
    """The part of the picture where one key lies; ``place``: left, top, width and height in pixels."""
    left, top, width, height = place
    columns = slice(int(left + width * _EDGE_X), int(left + width * (1 - _EDGE_X)))
    return [row[columns] for row in picture[int(top + height * _EDGE_Y) : int(top + height * (1 - _EDGE_Y))]]
