"""The one block of memory that all processes of the bank share: the clock's offset, a generation counter, the epoch.

A mapped file, so that reading costs a fraction of a microsecond and a restarted bank keeps its virtual time. Only the
control listener writes; every word is eight aligned bytes, which a reader sees whole, old or new.
"""

from __future__ import annotations

import mmap
from pathlib import Path

_GENERATION, _OFFSET_MS, _EPOCH = 0, 1, 2
_WORDS = 3
_BYTES = _WORDS * 8


class ControlBlock:
    """The mapped file. Opened before or after ``fork``, it shows every process the same words."""

    def __init__(self, path: Path) -> None:
        with path.open("a+b") as file:
            if path.stat().st_size < _BYTES:
                file.truncate(_BYTES)
            self._map = mmap.mmap(file.fileno(), _BYTES)
        self._words = memoryview(self._map).cast("q")

    @property
    def generation(self) -> int:
        """Counts the changes of whatever the control listener governs beside the clock."""
        return self._words[_GENERATION]

    def announce_change(self) -> None:
        self._words[_GENERATION] += 1

    def offset_s(self) -> float:
        """How far the virtual clock is ahead of the machine's."""
        return self._words[_OFFSET_MS] / 1000

    def set_offset_s(self, offset_s: float) -> None:
        self._words[_OFFSET_MS] = int(offset_s * 1000)

    @property
    def epoch(self) -> int:
        """Grows whenever the state of all parties was put back to that of a snapshot: what anybody has in memory of
        it is then of another past."""
        return self._words[_EPOCH]

    def begin_epoch(self) -> None:
        self._words[_EPOCH] += 1

    def close(self) -> None:
        self._words.release()
        self._map.close()
