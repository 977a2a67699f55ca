"""What a refusal tells of the bank's inside: nothing (JR/T 0185 7.1-7). As a table of one row, so that it can be shown.

What went wrong stands in the bank's log under the trace id. A gateway in "debug mode" tells it to whoever asks: files,
lines, statements, addresses. That is this table with its row left out.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from bank_sim.sdk.protocol.checktable import CheckTable, row

_CHARS_MAX = 8_000


@dataclass(slots=True)
class Telling:
    """A refusal about to be written. ``tells``: with what the programs know of it."""

    error: Exception
    tells: bool = True


def the_inside_stays_inside(telling: Telling) -> None:
    """Neither stack nor path nor statement leaves the bank, whatever broke."""
    telling.tells = False


DISCRETION: CheckTable[Telling] = CheckTable([row("opaque_failures", the_inside_stays_inside, "refusal", "7.1-7")])

DEFENCES = frozenset(each.name for each in DISCRETION.rows)
"""The rows that a training run may leave out."""


def told_beside(error: Exception, weakened: frozenset[str]) -> dict[str, str]:
    """Members of a refusal's document beside those of the catalogue: none at a whole bank."""
    telling = Telling(error)
    DISCRETION.run(telling, "refusal", weakened)
    if not telling.tells:
        return {}
    return {"debug": "".join(traceback.format_exception(error))[-_CHARS_MAX:]}
