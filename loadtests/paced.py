"""A load generator that keeps its pace: a request each so many microseconds, whether or not earlier ones are answered.

The other half of ``volley``, whose connections wait for each answer: a server that stalls slows that one down and is
spared. Here what is late counts as late, from the moment it should have been sent. A process of its own
(``python -m loadtests.paced``): reads one ``PacedJob`` from stdin, writes one ``Pace`` to stdout, both msgpack.
"""

from __future__ import annotations

import selectors
import ssl
import sys
import time
from collections import deque
from contextlib import ExitStack

import msgspec

from loadtests.volley import Job, Lane, VolleyFailed


class PacedJob(msgspec.Struct, frozen=True, kw_only=True):
    """``requests`` go out one each ``interval_us``, on whichever of the connections of ``job`` is free."""

    job: Job
    interval_us: int


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """``latencies_us`` by status, each from when the request was due; ``seconds`` from the first to the last answer."""

    latencies_us: dict[int, list[int]]
    seconds: float

    @property
    def statuses(self) -> dict[int, int]:
        return {status: len(found) for status, found in self.latencies_us.items()}


def keep_pace(paced: PacedJob) -> Pace:
    """Send every request in its time and wait for every answer. ``VolleyFailed`` past the job's deadline."""
    job = paced.job
    with ExitStack() as cleanup:
        context = ssl.create_default_context(cafile=job.ca_certificate)
        lanes = [cleanup.enter_context(Lane(job, context)) for _ in range(job.connections)]
        selector = cleanup.enter_context(selectors.DefaultSelector())
        for lane in lanes:
            selector.register(lane.socket, selectors.EVENT_READ, lane)
        return _Run(paced, selector, deque(lanes)).run()


class _Run:
    def __init__(self, paced: PacedJob, selector: selectors.BaseSelector, free: deque[Lane]) -> None:
        self._paced = paced
        self._selector = selector
        self._free = free
        self._latencies: dict[int, list[int]] = {}
        self._sent = self._answered = 0
        self._started_ns = time.perf_counter_ns()

    def run(self) -> Pace:
        requests, deadline_ns = self._paced.job.requests, int(self._paced.job.deadline_s * 1e9)
        while self._answered < len(requests):
            now_ns = time.perf_counter_ns() - self._started_ns
            if now_ns > deadline_ns:
                raise VolleyFailed(f"not done after {self._paced.job.deadline_s} s")
            while self._free and self._sent < len(requests) and self._due_ns(self._sent) <= now_ns:
                self._free.popleft().send(self._sent, requests[self._sent])
                self._sent += 1
            self._await(now_ns)
        return Pace(latencies_us=self._latencies, seconds=(time.perf_counter_ns() - self._started_ns) / 1e9)

    def _await(self, now_ns: int) -> None:
        waits_ns = self._due_ns(self._sent) - now_ns if self._free and self._sent < self._count else 50_000_000
        for key, _ in self._selector.select(max(0, waits_ns) / 1e9):
            lane: Lane = key.data
            answer = lane.receive()
            if answer is not None:
                late_us = (time.perf_counter_ns() - self._started_ns - self._due_ns(lane.number)) // 1000
                self._latencies.setdefault(answer.status, []).append(late_us)
                self._answered += 1
                self._free.append(lane)

    @property
    def _count(self) -> int:
        return len(self._paced.job.requests)

    def _due_ns(self, number: int) -> int:
        return number * self._paced.interval_us * 1000


def main() -> None:
    """Keep the pace of the job on stdin; a failure is one line on stderr and exit code 1."""
    paced = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=PacedJob)
    try:
        pace = keep_pace(paced)
    except (VolleyFailed, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.stdout.buffer.write(msgspec.msgpack.encode(pace))


if __name__ == "__main__":
    main()
