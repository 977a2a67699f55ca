"""A table of numbers by key in a file that all workers map into their memory: no system call but the lock.

A key lies within a few slots of where its hash points. A slot is free again once what it says is over; where none is,
the one that ends first gives way. Keys are kept as hashes of 64 bits. It knows nothing of what the numbers mean.

It is a file because workers come and go; nothing is ever waited for until it lies on a disk. Whoever writes holds the
file's lock, which the kernel takes back from a process that dies.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

_WORD_BYTES = 8
_PROBED = 16
# What a process remembers of where keys lie; beyond that it looks anew.
_REMEMBERED_MAX = 65_536

Free = Callable[[memoryview, int], bool]
"""Whether the slot that begins at a word says nothing any more."""


class Slots:
    """``words[at]`` is a slot's hash, ``words[at + 1]`` and on its numbers: 64 bits, signed. Opened after ``fork``."""

    def __init__(self, path: Path, slots: int, words_each: int) -> None:
        """``slots`` is a power of two."""
        self._mask = slots - 1
        self._each = words_each
        size = slots * words_each * _WORD_BYTES
        self._file = path.open("a+b")
        if path.stat().st_size < size:
            _make_room(self._file.fileno(), size)
        self._map = mmap.mmap(self._file.fileno(), size)
        self.words = memoryview(self._map).cast("q")
        self._known: dict[str, tuple[int, int]] = {}

    def find(self, key: str) -> int | None:
        """Where the slot of a key begins; None where it has none."""
        known = self._known.get(key)
        if known is not None and self.words[known[0]] == known[1]:
            return known[0]
        mark = _mark(key)
        for at in self._places(mark):
            if self.words[at] == mark:
                return self._remember(key, at, mark)
            if self.words[at] == 0:
                return None
        return None

    def claim(self, key: str, free: Free, ends: int) -> int:
        """The slot of a key, a new one with zeros where it has none; to be called with the lock held.

        ``ends``: the number of the word that says when a slot ends, for the case that none is free.
        """
        if (found := self.find(key)) is not None:
            return found
        mark = _mark(key)
        places = self._places(mark)
        at = next((each for each in places if self.words[each] == 0 or free(self.words, each)), None)
        if at is None:
            at = min(places, key=lambda each: self.words[each + ends])
        self.words[at] = mark
        for word in range(at + 1, at + self._each):
            self.words[word] = 0
        return self._remember(key, at, mark)

    def every(self) -> range:
        """Where each slot begins."""
        return range(0, (self._mask + 1) * self._each, self._each)

    def clear(self) -> None:
        """Nothing was ever said; to be called with the lock held."""
        self._map[:] = bytes(len(self._map))

    def __enter__(self) -> Slots:
        """Have the lock."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        self.words.release()
        self._map.close()
        self._file.close()

    def _places(self, mark: int) -> list[int]:
        return [((mark + step) & self._mask) * self._each for step in range(_PROBED)]

    def _remember(self, key: str, at: int, mark: int) -> int:
        if len(self._known) >= _REMEMBERED_MAX:
            self._known.clear()
        self._known[key] = (at, mark)
        return at


def _make_room(file: int, size: int) -> None:
    """All of it at once: a process that writes where a full disk has no page left is killed."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.ftruncate(file, size)


def _mark(key: str) -> int:
    """64 bits that stand for a key; never 0, which stands for none."""
    return int.from_bytes(blake2b(key.encode(), digest_size=_WORD_BYTES).digest(), "little", signed=True) or 1
