"""Turns: pieces of work that go on until they wait for something, one at a time, in an order that is decided outside.

Each has a thread, because the parties' code waits where it stands; but never do two run at once, so that the same
decisions give the same course. Locks that a party holds while it waits for the network are ``TurnLock``s: whoever waits
for one gives the turn back.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self


class PartyGone(BaseException):
    """The party whose work this was has died: it unwinds, and nothing it does any more counts."""


class Work:
    """One piece of work. ``party``: who does it; it dies with them."""

    def __init__(self, party: str, name: str, do: Callable[[], Any], ended: Callable[[Work], None]) -> None:
        self.party = party
        self.name = name
        self.result: Any = None
        self.error: BaseException | None = None
        self.is_over = False
        self.wakes_s: float | None = None
        self.may_go_on: Callable[[], bool] | None = None
        self._do = do
        self._ended = ended
        self._worker: _Worker | None = None
        self._given: tuple[Any, BaseException | None] = (None, None)


class _Worker:
    """A thread that does one piece of work after the other."""

    def __init__(self, turns: Turns) -> None:
        self.turn = _shut()
        self.work: Work | None = None
        self._turns = turns
        threading.Thread(target=self._run, daemon=True, name="simulated").start()

    def _run(self) -> None:
        while True:
            self.turn.acquire()
            work = self.work
            if work is None:
                return
            try:
                work.result = work._do()
            except BaseException as error:
                work.error = error
            work.is_over, self.work = True, None
            self._turns._given_back(self)


def _shut() -> threading.Lock:
    """A gate: one thread waits before it by ``acquire``, another lets it through by ``release``."""
    gate = threading.Lock()
    gate.acquire()
    return gate


class Turns:
    """Hands out turns. All methods but ``wait``, ``sleep`` and ``current`` belong to whoever decides the order."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.current: Work | None = None
        self.open: list[Work] = []
        self._now_s = now_s
        self._idle: deque[_Worker] = deque()
        self._back = _shut()

    def begin(self, party: str, name: str, do: Callable[[], Any], ended: Callable[[Work], None]) -> Work:
        """Let a piece of work run until it waits or ends; ``ended`` is told of its end: ``result``, or ``error``."""
        work = Work(party, name, do, ended)
        work._worker = self._idle.pop() if self._idle else _Worker(self)
        work._worker.work = work
        self.open.append(work)
        self._run(work)
        return work

    def go_on(self, work: Work, result: Any = None, error: BaseException | None = None) -> None:
        """Let work that waits go on with what it has waited for."""
        work._given = (result, error)
        work.wakes_s = work.may_go_on = None
        self._run(work)

    def next_ready(self) -> Work | None:
        """The oldest work that has slept long enough, or whose lock has become free."""
        now_s = self._now_s()
        for each in self.open:
            if each.wakes_s is not None and each.wakes_s <= now_s:
                return each
            if each.may_go_on is not None and each.may_go_on():
                return each
        return None

    def kill(self, party: str) -> None:
        """Unwind all work of a party that has died."""
        for each in [each for each in self.open if each.party == party]:
            while not each.is_over:
                self.go_on(each, error=PartyGone())

    def close(self) -> None:
        """Unwind all work, and let the threads end."""
        for each in {each.party for each in self.open}:
            self.kill(each)
        while self._idle:
            self._idle.pop().turn.release()

    def wait(self, work: Work) -> Any:
        """Give the turn back until somebody lets this work go on: what it was given, or raises it."""
        assert work._worker is not None
        worker = work._worker
        self._back.release()
        worker.turn.acquire()
        result, error = work._given
        if error is not None:
            raise error
        return result

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass for the work whose turn it is."""
        if self.current is not None:
            self.current.wakes_s = self._now_s() + max(seconds, 0.0)
            self.wait(self.current)

    def _run(self, work: Work) -> None:
        assert work._worker is not None
        before, self.current = self.current, work
        work._worker.turn.release()
        self._back.acquire()
        self.current = before
        if work.is_over:
            self.open.remove(work)
            work._ended(work)

    def _given_back(self, worker: _Worker) -> None:
        self._idle.append(worker)
        self._back.release()


class TurnLock:
    """A lock between pieces of work: whoever must wait for it gives the turn back."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._held = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        while self._held:
            work = self._turns.current
            if not blocking:
                return False
            if work is None:
                raise RuntimeError("a lock is held by work that waits, and nobody can wait for it here")
            work.may_go_on = lambda: not self._held
            self._turns.wait(work)
        self._held = True
        return True

    def release(self) -> None:
        self._held = False

    def locked(self) -> bool:
        return self._held

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
