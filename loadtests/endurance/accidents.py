"""What may happen in the middle of a payment. The same seed draws the same accidents; it carries none out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

WEIGHTS = {
    "bank": 4,
    "worker": 4,
    "wallet": 5,
    "phone": 2,
    "power": 1,
    "disk_full": 1,
    "bank_disk": 1,
    "wallet_disk": 1,
    "clock": 2,
    "clock_back": 1,
}
"""How often each kind comes, among all: killed with SIGKILL are the whole ``bank``, one ``worker`` of it, the
``wallet``, the ``phone``, or by a ``power`` cut all of them; SQLite finds the bank's ``disk_full``; every write of the
``bank_disk`` or ``wallet_disk`` fails for a moment; the ``clock`` of all jumps ahead, or ``clock_back`` to the
machine's."""

REQUESTS = 11
"""The browser's requests of one payment, from the wallet's form to the page that shows the result."""
_MONEY_MOVES = 10
_MONEY_MOVES_PERCENT = 40
_DELAY_MS_MAX = 80
"""As long as most requests take: what comes later strikes the next one."""


@dataclass(frozen=True, slots=True)
class Accident:
    """``kind`` strikes ``delay_s`` after the browser's request number ``request`` (from 1) has left.

    ``lot`` is a large number, for what else is left to chance: which worker, how far the clock jumps.
    """

    kind: str
    request: int
    delay_s: float
    lot: int


def drawn(dice: random.Random, kinds: Sequence[str]) -> Accident:
    """One accident of these kinds: at any moment, but two of five times while the money moves."""
    at_the_core = dice.randrange(100) < _MONEY_MOVES_PERCENT
    return Accident(
        kind=dice.choices(kinds, [WEIGHTS[each] for each in kinds])[0],
        request=_MONEY_MOVES if at_the_core else dice.randint(1, REQUESTS),
        delay_s=dice.randrange(_DELAY_MS_MAX * 1000) / 1_000_000,
        lot=dice.randrange(2**31),
    )
