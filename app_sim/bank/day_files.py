"""The bank's reconciliation files: fetched, believed, and what the wallet found in them told to the bank.

Masked account numbers are all that the wallet has a use for, so it never asks for full ones (JR/T 0185 7.2.2-3.2.3).
"""

from __future__ import annotations

from collections.abc import Sequence

from app_sim.bank.line import Line
from bank_sim.sdk.reconciliation import DayFile, Difference, SignedFile, gather


class DayFiles(Line):
    """One file a day of Beijing."""

    def fetch_file(self, day: str) -> SignedFile:
        """The file as the bank gives it, to be believed next. DAY_NOT_CLOSED; RESOURCE_NOT_FOUND."""
        path = f"/api/reconciliation/{day}"
        return gather(lambda part: self._call("reconciliation.get", "GET", path, query={"part": part}).data)

    def believe_file(self, signed: SignedFile, day: str) -> DayFile:
        """The file, known to be the bank's and unaltered, through whose hands soever it came; else a ``Problem``."""
        return self._client.believe_file(signed, day, weakened=self.training.left_out())

    def tell_reconciliation(self, day: str, matched: int, differences: Sequence[Difference]) -> None:
        self._ask("oauth.reconciliation", lambda: self._client.tell_reconciliation(day, matched, differences))
