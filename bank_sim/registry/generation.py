"""A number that all processes of the bank share, and that grows whenever something they keep in memory has changed.

Asking it costs a fraction of a microsecond, where asking the database would cost every call some five. It says that
something changed, never what. Whoever changes something commits first and then calls ``announce``; whoever keeps
something reads the number *before* reading the database. So nothing old is ever kept under a new number.
"""

from __future__ import annotations

import fcntl
import mmap
from pathlib import Path

_BYTES = 8


class Generation:
    """The mapped file, eight aligned bytes that a reader sees whole. Opened after ``fork``; closed by whoever opens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("a+b") as file:
            if path.stat().st_size < _BYTES:
                file.truncate(_BYTES)
            self._map = mmap.mmap(file.fileno(), _BYTES)
        self._words = memoryview(self._map).cast("q")

    def now(self) -> int:
        return self._words[0]

    def announce(self) -> None:
        """One more change. Two processes that announce at the same time count as two."""
        with self._path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._words[0] += 1

    def close(self) -> None:
        self._words.release()
        self._map.close()
