"""The processes of a server as the system sees them: what they cost, and which of them works at a port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import psutil


def cpu_seconds(pid: int) -> float:
    """User and system time used so far by a process and all its living descendants."""
    total = 0.0
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def machine_seconds(since: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
    """Processor time of everything on this machine, and what all processors could have given, since that reading."""
    times = psutil.cpu_times()
    # Guests are counted as user time already; where the system tells no iowait there is none.
    every = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    idle = times.idle + getattr(times, "iowait", 0.0)
    return every - idle - since[0], every - since[1]


def workers_at(pid: int, port: int) -> list[int]:
    """The descendants of ``pid`` that have connections under way on a local TCP port, busiest first."""
    found: dict[int, int] = {}
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess):
            under_way = [
                each
                for each in process.net_connections(kind="tcp")
                if each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port
            ]
            if under_way:
                found[process.pid] = len(under_way)
    return sorted(found, key=lambda worker: -found[worker])


def descendants(pid: int) -> frozenset[int]:
    """The process ids of all living descendants."""
    return frozenset(each.pid for each in _tree(pid) if each.pid != pid)


def _tree(pid: int) -> Iterator[psutil.Process]:
    root = psutil.Process(pid)
    yield root
    yield from root.children(recursive=True)
