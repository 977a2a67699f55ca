"""How often one user may have the wallet ask the bank: throttled here before the bank has to (JR/T 0185 9.3.4-4).

The generic cell rate algorithm (ITU-T I.371): of everybody the one moment is kept at which their allowance would be
whole again. As many requests as a minute allows may come at once; after that they come at the pace of the minute, and
whoever is refused is told when the next one may. In memory: one process serves the pages. Knows no pages and no users.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

_MINUTE_S = 60.0
_SWEEP_EVERY = 1_000


class Allowance:
    """``per_min`` requests a minute each. Threads share it; a clock that is set back lets everybody begin anew."""

    def __init__(self, per_min: int, now_s: Callable[[], float]) -> None:
        self._step_s = _MINUTE_S / per_min
        self._now_s = now_s
        self._lock = threading.Lock()
        self._whole_s: dict[str, float] = {}
        self._taken = 0

    def take(self, whose: str) -> int:
        """0: go ahead, it is counted. Otherwise the seconds until the next request may come; nothing is counted."""
        now_s = self._now_s()
        with self._lock:
            whole_s = self._whole_s.get(whose, now_s)
            if not now_s <= whole_s <= now_s + _MINUTE_S:
                whole_s = now_s
            over_s = whole_s + self._step_s - now_s - _MINUTE_S
            # Half a microsecond: what floating point makes of a minute that was taken step by step.
            if over_s > 5e-7:
                return max(1, math.ceil(over_s))
            self._whole_s[whose] = whole_s + self._step_s
            self._sweep(now_s)
        return 0

    def _sweep(self, now_s: float) -> None:
        self._taken += 1
        if self._taken % _SWEEP_EVERY == 0:
            self._whole_s = {whose: each for whose, each in self._whole_s.items() if each > now_s}
