"""What kind of person confirms: one who compares what the bank asks with what was meant, or one who does not.

A bank's code is bound to payee and amount and its message names both (JR/T 0185 10.2.2); that protects the careful
only. Pure: reads words, presses nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONEY = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+\.\d{2}(?!\d)|(?<![\d.])\d+\.\d{2}(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Intention:
    """The payment that the user means to make; ``amount`` with two decimals, as typed."""

    payee_account: str
    payee_name: str
    amount: str


@dataclass(frozen=True, slots=True)
class Persona:
    """``compares``: reads what is confirmed before typing the code."""

    name: str
    compares: bool

    def objection(self, words: str, meant: Intention) -> str | None:
        """Why this person will not confirm what ``words`` (a message or a page) asks for; None if they will."""
        if not self.compares:
            return None
        amounts = {found.replace(",", "") for found in _MONEY.findall(words)}
        if meant.amount not in amounts:
            return f"the amount is not {meant.amount}"
        if meant.payee_account[-4:] not in words:
            return f"the payee's account does not end in {meant.payee_account[-4:]}"
        return None


CAREFUL = Persona("careful", compares=True)
HASTY = Persona("hasty", compares=False)
