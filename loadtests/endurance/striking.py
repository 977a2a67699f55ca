"""Carries accidents out on a running world, and puts back into service whoever died of one.

Nothing is tidied up for the parties: a killed one starts again from what it had on its disk, with the settings and the
passphrase that it had before.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

from loadtests.endurance.accidents import Accident
from loadtests.reviving import party_of, revive
from scenarios.world import World

_DISK_S = 0.3
_FULL_S = 0.4
_JUMPS_S = (5, 90, 400, 1_000, 4_000, 30_000, 90_000)
"""Past a message's time, an access token's, a session's, a day's end."""


class Striker:
    """``environment``: what a party that starts again inherits."""

    def __init__(self, world: World, environment: Mapping[str, str]) -> None:
        self._world = world
        self._environment = dict(environment)
        self._deeds: dict[str, Callable[[Accident], None]] = {
            "bank": lambda _: self._kill("bank"),
            "worker": self._kill_worker,
            "wallet": lambda _: self._kill("app"),
            "phone": lambda _: self._kill("user"),
            "power": lambda _: self._kill("bank", "app", "user"),
            "disk_full": lambda _: self._fill_disk(),
            "bank_disk": lambda _: self._fail_writes("bank"),
            "wallet_disk": lambda _: self._fail_writes("app"),
            "clock": self._jump,
            "clock_back": lambda _: self._jump_back(),
        }

    def strike(self, accident: Accident) -> float:
        """Let it happen; returns when everybody serves again, with the seconds that took."""
        started_s = time.monotonic()
        self._deeds[accident.kind](accident)
        return time.monotonic() - started_s

    def _kill(self, *names: str) -> None:
        for name in names:
            with suppress(ProcessLookupError):
                os.killpg(party_of(self._world, name).pid, signal.SIGKILL)
        for name in names:
            revive(self._world, name, self._environment)

    def _kill_worker(self, accident: Accident) -> None:
        """Its supervisor puts another in its place."""
        workers = sorted(psutil.Process(party_of(self._world, "bank").pid).children(), key=lambda each: int(each.pid))
        if workers:
            with suppress(psutil.NoSuchProcess):
                workers[accident.lot % len(workers)].kill()

    def _fill_disk(self) -> None:
        fault = self._world.control.add_fault("disk_full")
        time.sleep(_FULL_S)
        self._world.control.clear_faults(fault["fault_id"])

    def _fail_writes(self, name: str) -> None:
        """No file can grow, as on a disk that has gone bad: a limit of the system's, so it is no fault of ours."""
        process = psutil.Process(party_of(self._world, name).pid)
        with _no_file_may_grow([process, *process.children(recursive=True)]):
            time.sleep(_DISK_S)

    def _jump(self, accident: Accident) -> None:
        self._world.control.advance(_JUMPS_S[accident.lot % len(_JUMPS_S)])

    def _jump_back(self) -> None:
        self._world.control.reset_clock()


@contextmanager
def _no_file_may_grow(processes: list[psutil.Process]) -> Iterator[None]:
    """Python ignores SIGXFSZ, so that a write beyond the limit fails and kills nobody."""
    for each in processes:
        _limit(each, 0)
    try:
        yield
    finally:
        for each in processes:
            _limit(each, resource.RLIM_INFINITY)


def _limit(process: psutil.Process, most_bytes: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.rlimit(psutil.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
