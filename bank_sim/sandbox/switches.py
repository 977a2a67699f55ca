"""Which named defences this bank leaves out, for training and for proving that an attack would work without them.

Nothing else knows of weakening: a ``CheckTable`` is asked for its path less these names. A bank always starts whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from bank_sim.sandbox.block import ControlBlock
from bank_sim.sdk.protocol.problems import PARAM_INVALID


class Switches:
    """The weakened names, the same for all processes of the bank."""

    def __init__(self, block: ControlBlock, path: Path, known: Iterable[str]) -> None:
        """``path``: the file that holds the names; ``known``: every row that may be left out."""
        self.known = frozenset(known)
        self._block = block
        self._path = path
        self._generation = -1
        self._weakened: frozenset[str] = frozenset()

    def weakened(self) -> frozenset[str]:
        """The names in force now. The file is read again only when the control block announces a change."""
        generation = self._block.generation
        if generation != self._generation:
            self._weakened = self._read()
            self._generation = generation
        return self._weakened

    def weaken(self, names: Iterable[str]) -> None:
        """Leave out exactly these defences; none restores the whole bank. ``PARAM_INVALID`` on an unknown name."""
        wanted = frozenset(names)
        if unknown := wanted - self.known:
            raise PARAM_INVALID.problem(
                f"No such defence: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(self.known))}."
            )
        draft = self._path.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(sorted(wanted)))
        draft.replace(self._path)
        # Only now may a reader look: it must not remember the new generation with the old names.
        self._block.announce_change()

    def _read(self) -> frozenset[str]:
        if not self._path.exists():
            return frozenset()
        return msgspec.json.decode(self._path.read_bytes(), type=frozenset[str]) & self.known
