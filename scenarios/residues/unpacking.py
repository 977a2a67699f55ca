"""Opens what bytes may be packed in: gzip, zlib and base64, one inside the other.

It guesses from how packed data begins and looks, and needs no key: what is encrypted stays closed. Deflate without a
header has no mark to know it by, and is opened only where HTTP says so.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

DEPTH_MAX = 3
UNPACKED_BYTES_MAX = 8 << 20
_HEADERS = (("gzip", b"\x1f\x8b\x08"), *(("zlib", b"\x78" + level) for level in (b"\x01", b"\x5e", b"\x9c", b"\xda")))
_HEADER_OF_EITHER = zlib.MAX_WBITS | 32
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_OF_URLS_AS_OF_MAIL = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class Layer:
    """What lay packed: the kind of packing, what it held, and whence each stretch of that came.

    ``begins``: where the stretches begin in ``content``, the first with 0; ``origins``: where each was packed.
    """

    kind: str
    content: bytes
    begins: list[int]
    origins: list[int]

    def origin(self, offset: int) -> int:
        """Where in the outermost bytes the packing begins that held this byte of ``content``."""
        return self.origins[bisect_right(self.begins, offset) - 1]


def layers(content: bytes, depth: int = DEPTH_MAX) -> Iterator[Layer]:
    """What lies packed in the bytes, the innermost included."""
    if depth == 0:
        return
    for outer in (*compressed(content), *_decoded(content)):
        yield outer
        for inner in layers(outer.content, depth - 1):
            origins = [outer.origin(each) for each in inner.origins]
            yield Layer(f"{inner.kind} in {outer.kind}", inner.content, inner.begins, origins)


def compressed(content: bytes) -> Iterator[Layer]:
    """The members of gzip and zlib alone: cheap enough for a whole process's memory."""
    for kind, header in _HEADERS:
        start = content.find(header)
        while start >= 0:
            if unpacked := _inflated(content, start):
                yield Layer(kind, unpacked, [0], [start])
            start = content.find(header, start + 1)


def _inflated(content: bytes, start: int) -> bytes:
    """What a member at this place holds, as far as it goes; nothing where it is damaged, or no member at all."""
    opener = zlib.decompressobj(_HEADER_OF_EITHER)
    try:
        return opener.decompress(memoryview(content)[start:], UNPACKED_BYTES_MAX)
    except zlib.error:
        return b""


def _decoded(content: bytes) -> Iterator[Layer]:
    """All that may be base64, in either alphabet, as one layer: there is much of it, and most is short."""
    pieces, begins, origins, size = [], [], [], 0
    for found in _BASE64.finditer(content):
        whole = found[0][: len(found[0]) // 4 * 4].translate(_OF_URLS_AS_OF_MAIL)
        try:
            piece = base64.b64decode(whole)
        except binascii.Error:
            continue
        pieces.append(piece)
        begins.append(size)
        origins.append(found.start())
        size += len(piece) + 1
    if pieces:
        yield Layer("base64", b"\n".join(pieces), begins, origins)
