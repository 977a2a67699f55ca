"""Reads a screenshot: PNG as browsers write it (8 bits, RGB or RGBA, not interlaced) into brightness by row."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

Rows = list[list[int]]
"""Brightness of each pixel, 0 (black) to 255 (white), rows from the top."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}


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
    return [_greys(line, size) for line in _unfiltered(data, width * size, height, size)]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _unfiltered(data: bytes, line_bytes: int, height: int, size: int) -> Iterator[bytes]:
    """Each line as it was before filtering (PNG specification, section 9)."""
    above = bytes(line_bytes)
    for number in range(height):
        start = number * (line_bytes + 1)
        above = _line(data[start], bytearray(data[start + 1 : start + 1 + line_bytes]), above, size)
        yield above


def _line(kind: int, line: bytearray, above: bytes, size: int) -> bytes:
    if kind == 0:
        return bytes(line)
    if kind == 2:
        return bytes((value + over) & 0xFF for value, over in zip(line, above, strict=True))
    for place in range(len(line)):
        left = line[place - size] if place >= size else 0
        corner = above[place - size] if place >= size else 0
        line[place] = (line[place] + _predicted(kind, left, above[place], corner)) & 0xFF
    return bytes(line)


def _predicted(kind: int, left: int, above: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 3:
        return (left + above) // 2
    sideways, down = abs(above - corner), abs(left - corner)
    across = abs(left + above - corner - corner)
    if sideways <= down and sideways <= across:
        return left
    return above if down <= across else corner


def _greys(line: bytes, size: int) -> list[int]:
    return [(line[place] * 3 + line[place + 1] * 6 + line[place + 2]) // 10 for place in range(0, len(line), size)]
