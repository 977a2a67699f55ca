"""The seconds of a run, written down: this process's own, and those that Locust's workers report to their master.

Whoever has a master above it reports; whoever has none writes, into the file that ``bank-sandbox load`` follows.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import gevent
import msgspec
from locust.runners import MasterRunner, WorkerRunner

from loadtests.crowd.company import Company
from loadtests.crowd.tally import Second

_LOOK_S = 0.05


class Recording:
    """The seconds of this process, and those that workers report; written down by whoever has no master."""

    def __init__(self, crowd: Company, runner: Any, timeline: Path | None) -> None:
        self._crowd, self._runner = crowd, runner
        self._file = None if timeline is None else timeline.open("ab")
        self._reported: list[Second] = []
        self._cpu_s = time.process_time()
        self._second = 0
        self._greenlet: gevent.Greenlet | None = None

    def begin(self) -> None:
        """A run begins; its seconds count from 0."""
        self._crowd.begin()
        self._second, self._cpu_s = 0, time.process_time()
        if self._greenlet is None and not isinstance(self._runner, MasterRunner):
            self._greenlet = gevent.spawn(self._follow)

    def take(self) -> list[Any]:
        """What a worker has to report to its master."""
        reported, self._reported = self._reported, []
        return [msgspec.to_builtins(each, str_keys=True) for each in reported]

    def taken(self, reported: list[Any]) -> None:
        """What the master was told."""
        for each in reported:
            self._write(msgspec.convert(each, Second, strict=False))

    def close_second(self) -> None:
        cpu_s = time.process_time()
        users = self._runner.user_count
        closed = self._crowd.meter.close(self._second, users, cpu_s - self._cpu_s)
        self._second, self._cpu_s = self._second + 1, cpu_s
        if isinstance(self._runner, WorkerRunner):
            self._reported.append(closed)
        else:
            self._write(closed)

    def _follow(self) -> None:
        """Each second in its time; meanwhile a look how long the work of this process keeps its users waiting."""
        while True:
            before_s = time.perf_counter()
            gevent.sleep(_LOOK_S)
            self._crowd.meter.late(int((time.perf_counter() - before_s - _LOOK_S) * 1_000_000))
            if self._crowd.elapsed_s() >= self._second + 1:
                self.close_second()

    def _write(self, second: Second) -> None:
        if self._file is not None:
            self._file.write(msgspec.json.encode(second) + b"\n")
            self._file.flush()
