"""What people have meant with their money: the one thing that no table of the bank can tell.

Whatever the books take from somebody must answer to an intention of theirs, and each intention is good once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Payment = tuple[str, str, int]
"""Account number of the payer, of the payee, amount in fen."""


@dataclass(slots=True)
class Meaning:
    """``free``: accounts whose owner looks after them alone, such as the attacker's accomplice."""

    free: frozenset[str]
    _meant: Counter[Payment] = field(default_factory=Counter)
    _standing: Counter[Payment] = field(default_factory=Counter)

    def pay(self, payer: str, payee: str, amount_fen: int) -> None:
        """Somebody is about to confirm this payment."""
        self._meant[payer, payee, amount_fen] += 1

    def agree(self, payer: str, payee: str, amount_fen: int, times: int) -> None:
        """Somebody is about to agree to so many payments of this amount."""
        self._standing[payer, payee, amount_fen] += times

    def answers(self, payment: Payment) -> bool:
        """Whether somebody meant this payment; the intention is used up by it."""
        if payment[0] in self.free:
            return True
        for intentions in (self._meant, self._standing):
            if intentions[payment] > 0:
                intentions[payment] -= 1
                return True
        return False
