"""What time the application's client takes it to be: the system's, or the sandbox's virtual time.

Signatures carry the time they were made, and the bank refuses those outside its window, so in a sandbox whose clock
was moved every party must follow. Nothing here decides anything by the time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import httpx


class Clock(Protocol):
    """Anything that tells the time in seconds since the epoch, and can be asked to look again whether it was moved."""

    def now_s(self) -> float: ...

    def refresh(self) -> None: ...


class SystemClock:
    """The machine's own clock, as in production."""

    def now_s(self) -> float:
        return time.time()

    def refresh(self) -> None:
        """Nobody moves the machine's clock."""


class FollowingClock:
    """The machine's clock plus the offset that the sandbox's control listener announces.

    ``refresh`` asks for the offset; until it succeeds for the first time the offset is zero, and when the listener
    cannot be reached the last one stays. Call it where a piece of work begins, such as a page request. ``get`` asks
    for an address. The same answer tells which defences a training leaves out, for whoever takes part in it.
    """

    def __init__(self, control_url: str, get: Callable[[str], httpx.Response]) -> None:
        self._url = f"{control_url}/clock"
        self._get = get
        self.offset_s = 0.0
        self.on_restored: Callable[[], None] = _nothing_in_memory
        """Called when the sandbox was put back to a snapshot: what a party has in memory is then of another past."""
        self.weakened: frozenset[str] = frozenset()
        """The defences that the sandbox's training leaves out; none outside of one."""
        self.epoch: int | None = None
        """Another number after each such return; None before the first ``refresh``."""
        self._forgetting = threading.RLock()

    def now_s(self) -> float:
        return time.time() + self.offset_s

    def refresh(self) -> None:
        try:
            answer = self._get(self._url).raise_for_status().json()
            self.offset_s, epoch = float(answer["offset_s"]), int(answer.get("epoch", 0))
            self.weakened = frozenset(answer.get("weakened", ()))
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return
        # Whoever comes while another thread forgets waits for it: else it would go on with keys of another past.
        with self._forgetting:
            known, self.epoch = self.epoch, epoch
            if known not in (None, epoch):
                self.on_restored()


def _nothing_in_memory() -> None:
    """Whoever keeps nothing between two pieces of work has nothing to forget."""
