"""Workers end: one by SIGKILL in the middle of a rush, then all of them by an orderly stop in the middle of another.

The rule for both: what was answered is in the books, and after an orderly stop nothing is that was not answered.
"""

from __future__ import annotations

import os
import selectors
import signal
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

from loadtests.reviving import party_of, revive
from loadtests.servers import descendants, workers_at
from loadtests.volley import Answered, Lane, VolleyFailed
from loadtests.workers.rush import Check, Rush, read
from scenarios.observe import Bank
from scenarios.processes import STOP_DEADLINE_S

_PATIENCE_S = 10.0
_GLANCE_S = 0.02


def killed_worker(rush: Rush, transfers: int) -> Iterator[Check]:
    """A worker dies with calls under way; another takes its place, and no answer was a lie."""
    bank, pid = Bank(rush.world.home), party_of(rush.world, "bank").pid
    requests = rush.executions(rush.ordered("D", transfers))
    mark, before = bank.mark(), descendants(pid)
    port = int(rush.world.addresses.gateway.rpartition(":")[2])
    answered = _Stampede(rush, requests, lambda: os.kill(workers_at(pid, port)[0], signal.SIGKILL)).run()
    successors = _await_successor(pid, before)
    yield Check("a killed worker is replaced", "1 new", f"{len(successors)} new", len(successors) == 1)
    posted = {each.serial for each in bank.postings_since(mark)}
    missing = answered - posted
    found = f"{len(answered)} answered, {len(posted)} posted, {len(missing)} missing"
    yield Check(
        "whatever was answered before it died is in the books", "0 missing", found, bool(answered) and not missing
    )


def orderly_stop(rush: Rush, transfers: int, environment: Mapping[str, str]) -> Iterator[Check]:
    """The bank is told to stop in the middle; it finishes what it accepted, and starts again afterwards."""
    bank, process = Bank(rush.world.home), party_of(rush.world, "bank")
    requests = rush.executions(rush.ordered("G", transfers))
    mark = bank.mark()
    answered = _Stampede(rush, requests, process.ask_to_stop).run()
    deadline_s = time.monotonic() + STOP_DEADLINE_S
    while process.ended() is None and time.monotonic() < deadline_s:
        time.sleep(_GLANCE_S)
    code = process.ended()
    posted = {each.serial for each in bank.postings_since(mark)}
    revive(rush.world, "bank", environment)
    yield Check("a bank that is told to stop ends well", "exit code 0", f"exit code {code}", code == 0)
    unanswered, missing = posted - answered, answered - posted
    found = f"{len(answered)} answered, {len(unanswered)} posted without an answer, {len(missing)} missing"
    whole = bool(answered) and not unanswered and not missing
    yield Check("it finishes what it accepted, and nothing else", "0 without an answer, 0 missing", found, whole)


class _Stampede:
    """Messages sent until all are answered or every connection is closed. ``serials``: what the answers told."""

    def __init__(self, rush: Rush, requests: Sequence[bytes], accident: Callable[[], object]) -> None:
        self._rush = rush
        self._upcoming = iter(requests)
        self._accident, self._happens_at, self._answers = accident, max(1, len(requests) // 3), 0
        self.serials: set[str] = set()

    def run(self) -> set[str]:
        """After a third of the answers the accident happens."""
        job = self._rush.job([])
        context = ssl.create_default_context(cafile=job.ca_certificate)
        with ExitStack() as stack:
            selector = stack.enter_context(selectors.DefaultSelector())
            for _ in range(job.connections):
                lane = stack.enter_context(Lane(job, context))
                if self._sends_next(lane):
                    selector.register(lane.socket, selectors.EVENT_READ, lane)
            while selector.get_map():
                ready = selector.select(_PATIENCE_S)
                if not ready:
                    raise VolleyFailed("neither answered nor closed")
                for key, _ in ready:
                    if not self._goes_on(key.data):
                        selector.unregister(key.fileobj)
        return self.serials

    def _goes_on(self, lane: Lane) -> bool:
        """Whether there is more to come on a connection."""
        try:
            answer = lane.receive()
        except (OSError, VolleyFailed):
            return False
        if answer is None:
            return True
        self._answers += 1
        self.serials.update(_serial(answer))
        if self._answers == self._happens_at:
            self._accident()
        return self._sends_next(lane)

    def _sends_next(self, lane: Lane) -> bool:
        request = next(self._upcoming, None)
        if request is None:
            return False
        try:
            lane.send(0, request)
        except (OSError, VolleyFailed):
            return False
        self._rush.sent += 1
        return True


def _serial(answer: Answered) -> list[str]:
    serial = read(answer.body).get("serial")
    return [str(serial)] if serial else []


def _await_successor(pid: int, before: frozenset[int]) -> frozenset[int]:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not (new := descendants(pid) - before) and time.monotonic() < deadline_s:
        time.sleep(_GLANCE_S)
    return new
