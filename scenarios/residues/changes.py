"""Of bytes that are read again and again, only those that are new: what was searched once need not be searched twice.

It remembers a hash of each block, not the block. Python's own hash of bytes is keyed afresh in every process: nobody
who writes into a file can aim for one that was seen.
"""

from __future__ import annotations

from collections.abc import Iterator

# A page of memory, and of SQLite.
BLOCK_BYTES = 4096
_EMPTY = bytes(BLOCK_BYTES)


class Changes:
    """What was seen of any number of places, each known by a key of the caller's."""

    def __init__(self) -> None:
        self._seen: dict[object, list[int]] = {}

    def of(self, place: object, content: bytes, margin: int) -> Iterator[tuple[int, bytes]]:
        """The changed blocks, each with its offset and ``margin`` bytes on both sides; what lies close comes as one.

        A value may lie across the border of two blocks of which one has changed.
        """
        before, now = self._seen.get(place, []), _fingerprints(content)
        self._seen[place] = now
        start = end = -1
        for index, fingerprint in enumerate(now):
            if not fingerprint or (index < len(before) and before[index] == fingerprint):
                continue
            offset = index * BLOCK_BYTES
            if start >= 0 and offset - BLOCK_BYTES > end:
                yield start, content[start:end]
                start = -1
            start = max(0, offset - margin) if start < 0 else start
            end = offset + BLOCK_BYTES + margin
        if start >= 0:
            yield start, content[start:end]


def _fingerprints(content: bytes) -> list[int]:
    """A hash for each block, 0 for one that is empty."""
    blocks = (content[offset : offset + BLOCK_BYTES] for offset in range(0, len(content), BLOCK_BYTES))
    return [0 if block == _EMPTY else hash(block) for block in blocks]
