"""The sliding-window counter: how much of a limit is used, and when there is room again. Pure; it reads no clock.

Two numbers a limit, the calls of this window and of the one before; what still counts of the latter falls evenly as
this one passes. It lets nobody have twice the limit around the turn of a window, as fixed windows do, and costs two
numbers where a list of instants would cost one for each call. It is the formula of the library ``limits``.
"""

from __future__ import annotations

from typing import NamedTuple


class Use(NamedTuple):
    """``previous`` and ``current``: calls of the window before and of this one, of which ``elapsed_ms`` are over."""

    previous: int
    current: int
    elapsed_ms: int
    window_ms: int

    @property
    def calls(self) -> int:
        """How many calls count at this moment."""
        return self.current + self.previous * (self.window_ms - self.elapsed_ms) // self.window_ms

    @property
    def left_ms(self) -> int:
        """Until this window turns."""
        return self.window_ms - self.elapsed_ms

    def one_more(self) -> Use:
        return Use(self.previous, self.current + 1, self.elapsed_ms, self.window_ms)

    def wait_ms(self, limit: int) -> int:
        """How long until there is room for a call under ``limit``, if nobody else calls; 0 where there is room now."""
        if self.calls < limit:
            return 0
        if self.current < limit:
            return self._elapsed_with(limit - self.current, self.previous) - self.elapsed_ms
        return self.left_ms + self._elapsed_with(limit, self.current)

    def _elapsed_with(self, room: int, previous: int) -> int:
        """How far a window must have passed until fewer than ``room`` calls of the one before it still count."""
        return max(0, self.window_ms + 1 + -(room * self.window_ms) // previous)


def use_at(window: int, current: int, previous: int, window_ms: int, now_ms: int) -> Use:
    """The use of a limit now, from what was last written under the number ``window`` (windows since 1970).

    What was written in a time to come, by a clock that has been turned back since, counts for nothing.
    """
    this, elapsed_ms = divmod(now_ms, window_ms)
    if window == this:
        return Use(previous, current, elapsed_ms, window_ms)
    return Use(current if window == this - 1 else 0, 0, elapsed_ms, window_ms)
