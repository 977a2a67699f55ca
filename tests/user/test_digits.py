"""A screenshot is read pixel by pixel, and digits by their shape: each of the ten once."""

from __future__ import annotations

import struct
import zlib

import pytest

from user_sim import digits, pixels

PAPER, INK = 250, 20


def png(rows: list[bytes], colour: int, width: int, filters: list[int]) -> bytes:
    """An encoder of our own: each line under the filter named for it (PNG specification, section 9)."""
    size = {2: 3, 6: 4}[colour]
    packed, above = bytearray(), bytes(width * size)
    for line, kind in zip(rows, filters, strict=True):
        packed.append(kind)
        for place, value in enumerate(line):
            left = line[place - size] if place >= size else 0
            corner = above[place - size] if place >= size else 0
            packed.append((value - predicted(kind, left, above[place], corner)) & 0xFF)
        above = line

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, len(rows), 8, colour, 0, 0, 0)
    body = zlib.compress(bytes(packed))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def predicted(kind: int, left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    nearest = min((left, above, corner), key=lambda each: abs(guess - each))
    return [0, left, above, (left + above) // 2, nearest][kind]


@pytest.mark.parametrize("colour", [2, 6])
def test_every_filter_of_a_png_is_undone(colour: int) -> None:
    greys = [[(17 * x * x + 31 * y * y + 7 * x * y) % 256 for x in range(9)] for y in range(10)]
    rows = [bytes(part for grey in line for part in ([grey] * 3 + [255])[: 3 + (colour == 6)]) for line in greys]
    assert pixels.brightness(png(rows, colour, 9, [0, 1, 2, 3, 4] * 2)) == greys


def test_what_is_no_picture_of_a_browser_is_refused() -> None:
    with pytest.raises(ValueError, match="not a PNG"):
        pixels.brightness(b"GIF89a")


def drawn(digit: int, scale: int, left: int, top: int) -> pixels.Rows:
    """A digit's shape on a key, in ``scale`` pixels for each of its marks."""
    rows = [[PAPER] * 70 for _ in range(90)]
    for y, line in enumerate(digits._SHAPES[digit].split()):
        for x, mark in enumerate(line):
            if mark == "#":
                for row in rows[top + y * scale : top + (y + 1) * scale]:
                    row[left + x * scale : left + (x + 1) * scale] = [INK] * scale
    return rows


@pytest.mark.parametrize(("scale", "left", "top"), [(2, 3, 5), (3, 20, 11), (5, 9, 2)])
def test_digits_are_read_wherever_they_lie_and_however_large_they_are(scale: int, left: int, top: int) -> None:
    layout = [7, 1, 0, 9, 3, 8, 2, 6, 5, 4]
    assert digits.read([drawn(each, scale, left, top) for each in layout]) == layout


def test_light_digits_on_a_dark_key_are_read_as_well() -> None:
    layout = [4, 8, 3, 0, 9, 6, 7, 2, 1, 5]
    keys = [[[255 - value for value in row] for row in drawn(each, 3, 8, 8)] for each in layout]
    assert digits.read(keys) == layout


def test_a_key_that_looks_like_two_digits_is_the_one_that_is_not_elsewhere() -> None:
    """A three closed by a smudge is no second eight."""
    layout = list(range(10))
    keys = [drawn(each, 3, 8, 8) for each in layout]
    for row in keys[3][14:20]:
        row[8:14] = [INK] * 6
    assert digits.read(keys) == layout


def test_an_empty_key_is_not_guessed() -> None:
    keys = [drawn(each, 3, 8, 8) for each in range(9)] + [[[PAPER] * 70 for _ in range(90)]]
    with pytest.raises(ValueError, match="shows nothing"):
        digits.read(keys)
