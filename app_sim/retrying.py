"""Asking again: after a pause that grows, at a random moment of it, and not before the other side said it may be asked.

Random moments keep those who failed together from coming back together (full jitter). Whoever waits for a page waits
no longer than their patience: a pause that would end later is not begun, and the failure stands. What may be repeated
without harm, and what is worth it, is the caller's to say; a payment only ever under its idempotency key.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """``tries`` at most, the pauses before them within ``first_s``, twice that, and so on; ``longest_s`` in all."""

    tries: int = 3
    first_s: float = 0.2
    longest_s: float = 2.0


class Retrying:
    """Threads share it. ``sleep`` lets a pause pass; ``jitter`` is 0 to 1, where in a pause to come back."""

    def __init__(
        self,
        patience: Patience,
        sleep: Callable[[float], None],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._patience = patience
        self._sleep = sleep
        self._jitter = jitter
        self._lock = threading.Lock()
        self._repeated: Counter[str] = Counter()

    def run(self, name: str, ask: Callable[[], Result], wait_s: Callable[[Exception], float | None]) -> Result:
        """What ``ask`` returns, or raises at its last try.

        ``wait_s``: how long after a failure it may be asked again at the earliest; None: it is not worth it.
        """

        def again(error: BaseException) -> bool:
            return isinstance(error, Exception) and wait_s(error) is not None

        def pause_s(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome is not None else None
            told_s = wait_s(error) if isinstance(error, Exception) else None
            widest_s: float = self._patience.first_s * 2 ** (state.attempt_number - 1)
            return (told_s or 0.0) + self._jitter() * widest_s

        def too_late(state: tenacity.RetryCallState) -> bool:
            spent_s = max(state.seconds_since_start or 0.0, state.idle_for)
            return spent_s + state.upcoming_sleep >= self._patience.longest_s

        def count(_: tenacity.RetryCallState) -> None:
            with self._lock:
                self._repeated[name] += 1

        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception(again),
            wait=pause_s,
            stop=lambda state: state.attempt_number >= self._patience.tries or too_late(state),
            before_sleep=count,
            sleep=self._sleep,
            reraise=True,
        )
        return attempts(ask)

    def repeated(self) -> dict[str, int]:
        """How often something was asked again since the start, by name."""
        with self._lock:
            return dict(self._repeated)
