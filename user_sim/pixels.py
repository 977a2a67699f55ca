"""Reads a screenshot: PNG as browsers write it (8 bits, RGB or RGBA, not interlaced) into brightness by row."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import accumulate
from operator import add

Rows = list[list[int]]
"""Brightness of each pixel, 0 (black) to 255 (white), rows from the top."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
_LOW_BYTE = (0xFF).__and__
_COLOURS = 3


def brightness(png: bytes) -> Rows:
    """The picture's rows. ValueError for any other kind of picture."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    chunks = list(_chunks(png))
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or colour not in _CHANNELS or interlaced:
        raise ValueError(f"a PNG of another kind: {depth} bits, colour type {colour}")
    size = _CHANNELS[colour]
    data = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
    return [_greys(*line) for line in _unfiltered(data, width * size, height, size)]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _unfiltered(data: bytes, line_bytes: int, height: int, size: int) -> Iterator[tuple[bytes, ...]]:
    """Red, green and blue of each line as they were before filtering (PNG specification, section 9).

    A filter looks at one channel alone, so each is undone by itself, and what is transparent need not be known.
    """
    above: tuple[bytes, ...] = (bytes(line_bytes // size),) * _COLOURS
    for number in range(height):
        start = number * (line_bytes + 1)
        kind, line = data[start], data[start + 1 : start + 1 + line_bytes]
        above = tuple(_UNDO[kind](line[colour::size], above[colour]) for colour in range(_COLOURS))
        yield above


def _as_is(line: bytes, _: bytes) -> bytes:
    return line


def _sub(line: bytes, _: bytes) -> bytes:
    return bytes(map(_LOW_BYTE, accumulate(line)))


def _up(line: bytes, above: bytes) -> bytes:
    return bytes(map(_LOW_BYTE, map(add, line, above)))


def _average(line: bytes, above: bytes) -> bytes:
    undone, left = bytearray(), 0
    for value, over in zip(line, above, strict=True):
        left = (value + ((left + over) >> 1)) & 0xFF
        undone.append(left)
    return bytes(undone)


def _paeth(line: bytes, above: bytes) -> bytes:
    """Each is told by the nearest to left + above - corner among left, above and corner, in this order."""
    undone, left, corner = bytearray(), 0, 0
    for value, over in zip(line, above, strict=True):
        if over == corner:
            # Left is exact then, and on a page with even ground it mostly is.
            left = (value + left) & 0xFF
        else:
            left, corner = (value + _nearest(left, over, corner)) & 0xFF, over
        undone.append(left)
    return bytes(undone)


def _nearest(left: int, above: int, corner: int) -> int:
    sideways, down = abs(above - corner), abs(left - corner)
    across = abs(left + above - corner - corner)
    if sideways <= down and sideways <= across:
        return left
    return above if down <= across else corner


def _greys(red: bytes, green: bytes, blue: bytes) -> list[int]:
    if red == green == blue:
        return list(red)
    return [(r * 3 + g * 6 + b) // 10 for r, g, b in zip(red, green, blue, strict=True)]


_UNDO = (_as_is, _sub, _up, _average, _paeth)
