"""What the edge does about a body that is too large or too slow, as a table (JR/T 0185 7.3.2): it refuses, unread.

    size   it is announced, or has grown, beyond ``Policy.body_bytes_max``
    pace   it has not come whole within ``Policy.body_timeout_s``

The table is asked once a bound is passed, so a body within them costs nothing. A bank that leaves a row out reads on.
"""

from __future__ import annotations

from collections.abc import Callable

from bank_sim.policy import Policy
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import BODY_TIMEOUT, BODY_TOO_LARGE

Weakened = Callable[[], frozenset[str]]


def refuse_large(_: Policy) -> None:
    """BODY_TOO_LARGE."""
    raise BODY_TOO_LARGE.problem()


def refuse_slow(_: Policy) -> None:
    """BODY_TIMEOUT."""
    raise BODY_TIMEOUT.problem()


BOUNDS: CheckTable[Policy] = CheckTable(
    [
        row("body_size", refuse_large, "size", "7.3.2-1"),
        row("body_pace", refuse_slow, "pace", "7.3.2-1"),
    ]
)

DEFENCES = frozenset(each.name for each in BOUNDS.rows)
"""The rows that a training run may leave out."""
