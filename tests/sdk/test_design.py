"""The published design system: small, self-contained, readable in every party's colours, by day and by night."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import product

import pytest

from bank_sim.sdk import browser

SHEET = (browser.FOLDER / "design" / "design.css").read_text(encoding="utf-8")
PARTIES = ("bank", "wallet", "phone", "portal", "console", "theatre")
LOOKS = list(product(PARTIES, ("light", "dark")))
COMPONENTS = (
    "masthead", "brand", "language", "page", "page-wide", "sandbox-note", "skip", "visually-hidden", "grid", "stack",
    "split", "toolbar", "card", "facts", "field", "hint", "error", "tick", "actions", "button", "alert", "badge",
    "table", "scroll", "stacked", "number", "money", "steps", "tabs", "stat", "empty", "more", "aid", "weakened",
)  # fmt: skip
TEXT_CONTRAST_MIN, EDGE_CONTRAST_MIN = 4.5, 3.0

Colour = tuple[float, float, float]


def _tokens(party: str, scheme: str) -> dict[str, Colour]:
    """The colours of a party's pages, with what the sheet mixes from them."""
    rules = re.search(r":root \{(.*?)\n\}", SHEET, re.DOTALL)
    own = re.search(rf"\.party-{party} \{{(.*?)\}}", SHEET)
    assert rules is not None
    assert own is not None
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", rules[1]) + re.findall(
        r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", own[1]
    )
    found = {name: _hex(light if scheme == "light" else dark) for name, light, dark in pairs}
    for name, first, share, second in re.findall(
        r"--(ground|accent-soft): color-mix\(in oklab, var\(--([\w-]+)\) (\d+)%, var\(--([\w-]+)\)\)", SHEET
    ):
        found[name] = _mixed(found[first], found[second], int(share) / 100)
    return found


def _hex(text: str) -> Colour:
    digits = text[1:] if len(text) == 7 else "".join(each * 2 for each in text[1:])
    red, green, blue = (_linear(int(digits[start : start + 2], 16) / 255) for start in (0, 2, 4))
    return red, green, blue


def _linear(channel: float) -> float:
    """sRGB to linear light (IEC 61966-2-1)."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


# Björn Ottosson's Oklab: linear sRGB to cone responses, and those, cube roots taken, to L, a, b.
_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_FROM_CONES = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def _times(matrix: tuple[Colour, ...], colour: Colour) -> Colour:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return red, green, blue


def _mixed(first: Colour, second: Colour, share: float) -> Colour:
    """``color-mix(in oklab, first share, second)``: L, a, b are linear in the roots, so the roots can be mixed."""
    roots = [tuple(each ** (1 / 3) for each in _times(_TO_CONES, colour)) for colour in (first, second)]
    red, green, blue = ((a * share + b * (1 - share)) ** 3 for a, b in zip(*roots, strict=True))
    return _times(_FROM_CONES, (red, green, blue))


def _contrast(first: Colour, second: Colour) -> float:
    """WCAG 2.2, contrast ratio."""
    lights = sorted(0.2126 * each[0] + 0.7152 * each[1] + 0.0722 * each[2] for each in (first, second))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize(("party", "scheme"), LOOKS)
def test_every_text_can_be_read_on_every_ground_it_may_stand_on(party: str, scheme: str) -> None:
    token = _tokens(party, scheme)
    pairs = [*product(("ink", "soft", "accent"), ("ground", "surface", "raised", "accent-soft"))]
    pairs += product(("good", "bad", "open"), ("ground", "surface"))
    pairs += [("on-accent", "accent"), *((name, f"{name}-soft") for name in ("good", "bad", "open"))]
    pairs += [("ink", f"{name}-soft") for name in ("good", "bad", "open")]
    found = {pair: _contrast(token[pair[0]], token[pair[1]]) for pair in pairs}
    assert {pair: round(each, 2) for pair, each in found.items() if each < TEXT_CONTRAST_MIN} == {}


@pytest.mark.parametrize(("party", "scheme"), LOOKS)
def test_every_field_and_every_focus_can_be_seen(party: str, scheme: str) -> None:
    token = _tokens(party, scheme)
    for name, ground in product(("edge", "accent"), ("ground", "surface")):
        assert _contrast(token[name], token[ground]) >= EDGE_CONTRAST_MIN, (name, ground)


def test_parties_differ_at_a_glance() -> None:
    accents = {(party, scheme): _tokens(party, scheme)["accent"] for party, scheme in LOOKS}
    assert len(set(accents.values())) == len(accents)


def test_every_component_that_pages_may_use_is_there() -> None:
    assert [each for each in COMPONENTS if not re.search(rf"\.{each}\b", SHEET)] == []


def test_the_sheet_is_small_and_asks_nobody_for_anything() -> None:
    assert len(SHEET.encode()) <= 20 * 1024
    assert "url(" not in SHEET
    assert "@import" not in SHEET


def test_every_party_has_a_mark_that_needs_nothing_else() -> None:
    for party in PARTIES:
        mark = (browser.FOLDER / "design" / f"{party}.svg").read_text()
        assert "prefers-color-scheme:dark" in mark
        assert "href" not in mark
        assert "<script" not in mark


def test_a_version_is_the_contents_hash() -> None:
    assert browser.version("design/design.css") == sha256(SHEET.encode()).hexdigest()[:12]
    with pytest.raises(OSError, match=r"none\.css"):
        browser.version("design/none.css")
