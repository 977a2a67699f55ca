"""Reads the memory of a running process as a debugger does: what it may have written, from ``/proc/PID/mem``.

Linux gives it to the process's ancestors and to root, unless the machine is told otherwise. Where it may not be read,
``MemoryUnreadable`` says so: whoever looked for something there has not looked. It changes nothing and stops nobody, so
a page may change while it is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


class MemoryUnreadable(Exception):
    """This system keeps processes' memory, or this one's, from us; the text says why."""


@dataclass(frozen=True, slots=True)
class Region:
    """Addresses from ``start`` to before ``end``, what the kernel calls them ("" where it says nothing), the bytes."""

    start: int
    end: int
    name: str
    content: bytes


def regions(pid: int) -> Iterator[Region]:
    """Everything that a process may have written and keeps to itself: heap, stacks, and what it asked the kernel for.

    What it shares with others through a file is searched as that file.
    """
    try:
        with (_PROC / str(pid) / "mem").open("rb", buffering=0) as memory:
            for start, end, name in _writable(pid):
                yield Region(start, end, name, _read(memory.fileno(), start, end))
    except OSError as error:
        raise MemoryUnreadable(f"the memory of process {pid} cannot be read: {error.strerror}") from error


def _writable(pid: int) -> list[tuple[int, int, str]]:
    found = []
    for line in (_PROC / str(pid) / "maps").read_text().splitlines():
        addresses, rights, *rest = line.split(maxsplit=5)
        start, end = (int(each, 16) for each in addresses.split("-"))
        if rights.startswith("rw-p"):
            found.append((start, end, rest[3] if len(rest) > 3 else ""))
    return found


def _read(memory: int, start: int, end: int) -> bytes:
    """The bytes of a region; none where the process has just given it back."""
    try:
        return os.pread(memory, end - start, start)
    except OSError:
        return b""
