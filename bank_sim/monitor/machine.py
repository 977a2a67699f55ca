"""The processes of this bank on this machine: how many, since when, at what cost (JR/T 0185 10.1.1 b 1).

They are found as the children of the supervisor that forked this one. It reads what the operating system says of them,
asks them nothing, and touches none.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped, unused-ignore]

# A process that was forked so long after its supervisor replaces one that was lost.
_STARTED_TOGETHER_S = 30.0


@dataclass(frozen=True, slots=True)
class ProcessState:
    """``up_s`` and ``cpu_s`` are the machine's seconds, which the virtual clock does not move."""

    pid: int
    up_s: float
    cpu_s: float
    memory_bytes: int


class Machine:
    """``lost`` compares one look with the one before; whoever wants to know keeps one ``Machine``."""

    def __init__(self, supervisor_pid: int | None = None, own_pid: int | None = None) -> None:
        self._supervisor_pid = supervisor_pid or os.getppid()
        self._own_pid = own_pid or os.getpid()
        self._seen: set[int] | None = None
        self._missing = 0

    def processes(self) -> list[ProcessState]:
        """The supervisor's children, the oldest first."""
        states = [self._state(each) for each in self._children()]
        return sorted((each for each in states if each is not None), key=lambda each: -each.up_s)

    def lost(self) -> int:
        """How many processes have been replaced since the last look.

        Counted when the replacement is there: processes that go and are not replaced are a bank that is being stopped.
        """
        now = {each.pid for each in self._children()}
        if self._seen is None:
            self._seen = now
            return int(self._replaces_another())
        self._missing += len(self._seen - now)
        replaced = min(self._missing, len(now - self._seen))
        self._missing -= replaced
        self._seen = now
        return replaced

    def _children(self) -> list[psutil.Process]:
        try:
            return list(psutil.Process(self._supervisor_pid).children())
        except psutil.Error:
            return []

    def _replaces_another(self) -> bool:
        try:
            started_s = psutil.Process(self._supervisor_pid).create_time()
            return bool(psutil.Process(self._own_pid).create_time() - started_s > _STARTED_TOGETHER_S)
        except psutil.Error:
            return False

    @staticmethod
    def _state(process: psutil.Process) -> ProcessState | None:
        try:
            with process.oneshot():
                cpu = process.cpu_times()
                up_s = time.time() - process.create_time()
                return ProcessState(process.pid, up_s, cpu.user + cpu.system, process.memory_info().rss)
        except psutil.Error:
            return None
