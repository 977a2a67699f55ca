"""What the system says of the processes of a running world: memory of their own, and open file handles.

Memory is that which no file stands behind (``RssAnon`` on Linux): pages of a database that the kernel keeps mapped come
and go with the kernel's mood, and a page shared since the fork counts before and after it is written to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from scenarios.world import World


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment."""

    at_s: float
    memory_kb: int
    handles: int


def processes(world: World) -> dict[int, str]:
    """Process id -> what it is, by the order in which the bank's supervisor forks its workers."""
    roles = [f"gateway {number + 1}" for number in range(world.plan.workers)] + ["pages", "offices"]
    found: dict[int, str] = {}
    for each in world.parties:
        name = {"app": "wallet", "user": "phone"}.get(each.party.name, each.party.name)
        found[each.pid] = name
        workers = sorted(psutil.Process(each.pid).children(), key=lambda child: int(child.pid))
        for child, role in zip(workers, roles, strict=False):
            found[child.pid] = f"{name} {role}"
    return found


def sampled(pids: dict[int, str], at_s: float) -> Iterator[tuple[int, Sample]]:
    """A sample of each process; ``psutil.NoSuchProcess`` where one has ended, which no soak survives."""
    for pid in pids:
        process = psutil.Process(pid)
        yield pid, Sample(at_s, _memory_kb(process), int(process.num_fds()))


def _memory_kb(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return int(process.memory_info().rss) // 1024
