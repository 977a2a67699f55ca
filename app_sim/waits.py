"""Who was told to wait: a word that holds until its time is over, kept in memory and heeded before anything is sent.

Told are an interface and somebody at it, such as the user behind a token; that nobody else need wait is why both are
the key. Of a token only a hash is kept. Time is passed in; a clock that is set back ends a wait.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Wait:
    """``why``: the code of the refusal that said so. ``rest_s``: whole seconds that are left, at least one."""

    why: str
    rest_s: int


class Waits:
    """Threads share it."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._told: dict[tuple[str, str], tuple[str, float, float]] = {}

    def note(self, name: str, who: str, why: str, wait_s: float) -> None:
        """``name`` is not to be asked for ``who`` for so long; never for more than an hour."""
        now_s = self._now_s()
        with self._lock:
            self._told = {key: each for key, each in self._told.items() if _lasts(each, now_s)}
            self._told[name, _hashed(who)] = (why, now_s, now_s + min(wait_s, _LONGEST_S))

    def of(self, name: str, who: str) -> Wait | None:
        """None: there is nothing to wait for."""
        now_s = self._now_s()
        with self._lock:
            told = self._told.get((name, _hashed(who)))
        if told is None or not _lasts(told, now_s):
            return None
        return Wait(told[0], max(1, math.ceil(told[2] - now_s)))


def _lasts(told: tuple[str, float, float], now_s: float) -> bool:
    _, since_s, until_s = told
    return since_s <= now_s < until_s


def _hashed(who: str) -> str:
    return hashlib.sha256(who.encode()).hexdigest() if who else ""
