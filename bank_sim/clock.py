"""The bank's only source of the time of day: the machine's clock plus the sandbox's offset.

Everything that expires asks this clock, so that a test or a trainer can travel in time. Measuring how long
something took is not its business: that uses ``time.perf_counter_ns``, which no offset moves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


def _no_offset() -> float:
    return 0.0


class Clock:
    """Seconds since 1970 as this party sees them. ``offset_s`` is asked anew at each reading."""

    def __init__(self, offset_s: Callable[[], float] = _no_offset, machine_s: Callable[[], float] = time.time) -> None:
        self._offset_s = offset_s
        self._machine_s = machine_s

    @property
    def offset_s(self) -> float:
        return self._offset_s()

    @property
    def machine_now_s(self) -> float:
        """Without the offset: what TLS, and whoever checks a certificate elsewhere, goes by."""
        return self._machine_s()

    def now_s(self) -> float:
        return self._machine_s() + self._offset_s()

    def now_ms(self) -> int:
        return int(self.now_s() * 1000)


class ManualClock(Clock):
    """A clock for tests: it stands still until it is advanced."""

    def __init__(self, start_s: float) -> None:
        self._advanced_s = 0.0
        super().__init__(offset_s=lambda: self._advanced_s, machine_s=lambda: start_s)

    def advance(self, seconds: float) -> None:
        self._advanced_s += seconds


def rfc3339(time_s: float) -> str:
    """A moment as the wire writes it: RFC 3339, UTC, whole seconds, ``Z``."""
    return datetime.fromtimestamp(int(time_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_rfc3339(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 moment. ``ValueError`` unless it names its offset from UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the moment names no offset from UTC")
    return moment.timestamp()
