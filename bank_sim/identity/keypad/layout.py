"""Where the digits stand on a keypad: anew for each, so that places pressed once tell nothing of places pressed again.

As a table of one row, so that a training shows what a keypad is worth whose digits stand as on every phone: whoever
records which places are pressed, by the page, an overlay or the accessibility tree, then reads the password.
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.identity.keypad.draws import Draws
from bank_sim.sdk.protocol.checktable import CheckTable, row

PLACES = 10
AS_ON_A_PHONE = (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)


@dataclass(slots=True)
class Face:
    """One keypad's digits by place, as they stand before and after its rows. ``draws``: its own chance."""

    draws: Draws
    digits: tuple[int, ...] = AS_ON_A_PHONE


def digits_are_scrambled(face: Face) -> None:
    """Every order of the digits is as likely as any other (JR/T 0185 7.2.2-3.1.2)."""
    face.digits = face.draws.shuffled(PLACES)


FACE: CheckTable[Face] = CheckTable([row("keypad_scrambled", digits_are_scrambled, "face", "7.2.2-3.1.1 7.2.2-3.1.2")])

DEFENCES = frozenset(each.name for each in FACE.rows)
"""The rows that a training run may leave out."""
