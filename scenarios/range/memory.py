"""How much memory a world's processes take, as Linux counts it: each shared page in parts, so that worlds add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

_PROC = Path("/proc")
_KIB_PER_MIB = 1024


def mib(pids: Iterable[int]) -> int | None:
    """Of these processes and all below them, in MiB; None where the system does not tell."""
    try:
        return sum(_pss_kib(each) for pid in pids for each in _family(pid)) // _KIB_PER_MIB
    except (OSError, StopIteration):
        return None


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in (_PROC / f"{pid}/task/{pid}/children").read_text().split():
        yield from _family(int(child))


def _pss_kib(pid: int) -> int:
    lines = (_PROC / f"{pid}/smaps_rollup").read_text().splitlines()
    return int(next(each for each in lines if each.startswith("Pss:")).split()[1])
