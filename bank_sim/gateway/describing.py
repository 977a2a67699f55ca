"""The published description as it stands now: made when it is first asked for after a change, and kept until the next.

It follows the lives of the interfaces in every process without a restart (JR/T 0185 12.1-3.2).
"""

from __future__ import annotations

import msgspec

from bank_sim.bank import Bank
from bank_sim.gateway import openapi


class Descriptions:
    """OpenAPI documents by the version that was asked for."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._generation = -1
        self._made: dict[str | None, bytes] = {}

    def of(self, version: str | None) -> tuple[bytes, int]:
        """The document, and since when it is so (seconds of virtual time). An unknown version is like none."""
        lives = self._bank.lives
        generation = lives.generation
        if generation != self._generation:
            self._made, self._generation = {}, generation
        offer = lives.offer()
        known = version if any(version in each.versions for each in offer.catalogue.apis) else None
        if known not in self._made:
            self._made[known] = msgspec.json.encode(openapi.document(offer, self._bank.config, known))
        return self._made[known], offer.changed_ms // 1000
