"""When a user's next intent is due, whether or not the one before is done: people do not wait for one another's calls.

Intents come at random with a given mean distance, as people do, and not in step. Who is late goes on at once and has
the delay counted: see ``calling``.
"""

from __future__ import annotations

import random


class Pace:
    """Times are seconds of one monotonic clock."""

    def __init__(self, interval_s: float, now_s: float, dice: random.Random) -> None:
        self._interval_s, self._dice = interval_s, dice
        self._due_s = now_s + dice.random() * interval_s
        self._waited = True

    def wait_s(self, now_s: float) -> float:
        """Until the next intent; 0 when it is due or overdue."""
        wait_s = max(0.0, self._due_s - now_s)
        self._waited = wait_s > 0
        return wait_s

    def begin(self, now_s: float) -> float:
        """The intent begins: how many seconds late because of the one before. Who slept is never late by that."""
        behind_s = 0.0 if self._waited else max(0.0, now_s - self._due_s)
        self._due_s += self._dice.expovariate(1 / self._interval_s)
        return behind_s

    def forget(self, now_s: float) -> None:
        """The user waited of their own accord, as before a repetition: nothing is overdue because of that."""
        self._due_s = max(self._due_s, now_s)


def pause_s(attempt: int, asked_s: float, dice: random.Random) -> float:
    """Before repeating an intent for the ``attempt``-th time, from 1: full jitter, doubled each time, at most 5 s.

    What the bank asks for by ``Retry-After`` comes first, and the jitter on top, so that not all come back at once.
    """
    return asked_s + dice.uniform(0, min(5.0, 0.2 * 2**attempt))
