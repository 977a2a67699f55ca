"""Chance for one keypad: the same for the same seed, unpredictable without it. It knows nothing of what is drawn."""

from __future__ import annotations

from collections.abc import Callable


class Draws:
    """Numbers out of ``block(counter)``, a keyed function whose values nobody else can compute."""

    def __init__(self, block: Callable[[int], bytes]) -> None:
        self._block = block
        self._counter = 0
        self._waiting = b""

    def below(self, limit: int) -> int:
        """A whole number in 0 … limit-1, each as likely as any other; ``limit`` is at most 256."""
        fair = 256 - 256 % limit
        while (value := self._byte()) >= fair:
            pass
        return value % limit

    def between(self, low: float, high: float) -> float:
        """A number of the range in 256 steps."""
        return low + (high - low) * self._byte() / 255

    def shuffled(self, count: int) -> tuple[int, ...]:
        """0 … count-1 in an order, every order equally likely (Fisher and Yates)."""
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return tuple(order)

    def _byte(self) -> int:
        if not self._waiting:
            self._waiting = self._block(self._counter)
            self._counter += 1
        value, self._waiting = self._waiting[0], self._waiting[1:]
        return value
