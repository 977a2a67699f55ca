"""A tree of hashes over a stretch of a log (RFC 9162 section 2.1, with SM3 in SHA-256's place).

Its root stands for every leaf; a path of a few hashes shows that one leaf is among them, and shows nothing of the
others. So a record can be proven to somebody who may not read its neighbours. Pure.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from bank_sim.sdk.protocol.suites import digest

_LEAF, _NODE = b"\x00", b"\x01"


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over one leaf or more. ``ValueError`` for none."""
    if not leaves:
        raise ValueError("a tree has a leaf")
    level = [digest("gm", _LEAF + each) for each in leaves]
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from leaf ``index`` (from 0) up to the root, the lowest first."""
    if not 0 <= index < len(leaves):
        raise ValueError("the tree has no such leaf")
    level, path = [digest("gm", _LEAF + each) for each in leaves], []
    while len(level) > 1:
        if (beside := index ^ 1) < len(level):
            path.append(level[beside])
        level, index = _above(level), index // 2
    return path


def leads_to(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path shows that ``leaf`` is number ``index`` of the ``size`` leaves below ``root``."""
    if not 0 <= index < size:
        return False
    found, waiting = digest("gm", _LEAF + leaf), list(path)
    while size > 1:
        if index ^ 1 < size:
            if not waiting:
                return False
            beside = waiting.pop(0)
            found = digest("gm", _NODE + (beside + found if index % 2 else found + beside))
        index, size = index // 2, (size + 1) // 2
    return not waiting and hmac.compare_digest(found, root)


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level; a node without a neighbour is carried up as it is."""
    pairs = [digest("gm", _NODE + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs
