"""Taking and putting back snapshots of a home whose parties may be running, and telling them.

A running sandbox keeps running: its clock is part of the snapshot, and its parties forget what they have in memory.
A home that rests is held by its lock meanwhile, so that nobody starts it half put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bank_sim.sandbox import ControlBlock
from scenarios.control import Control
from scenarios.home import Home
from scenarios.running import control_of
from scenarios.snapshots import Shelf, Snapshot


def take(path: Path, name: str) -> Snapshot:
    """Keep the state of the home at ``path``, running or not, as ``name``."""
    home = Home(path)
    with _running(home) as control:
        offset_s = control.clock()["offset_s"] if control is not None else _resting_offset_s(home)
        return Shelf(home).take(name, round(offset_s * 1000))


def put_back(path: Path, name: str) -> Snapshot:
    """Put the home at ``path``, running or not, back to ``name``. ``SnapshotRefused``: nothing was changed."""
    home = Home(path)
    with _running(home) as control:
        if control is None:
            restored = Shelf(home).put_back(name)
            _rest_at(home, restored.offset_ms / 1000)
            return restored
        # Told before as well: whoever is about to write down the end of what was begun in this past leaves it.
        control.restored(round(control.clock()["offset_s"] * 1000))
        # Twice: whoever waited for the first to let them write was at work in that past, and wrote what belongs to it.
        for _ in range(2):
            restored = Shelf(home).put_back(name)
            control.restored(restored.offset_ms)
        return restored


@contextmanager
def _running(home: Home) -> Iterator[Control | None]:
    """The control listener of a running sandbox; None, and the home's lock, where none runs."""
    home.marker()
    if home.run() is not None:
        with control_of(home.path) as control:
            yield control
        return
    with home.lock():
        yield None


def _resting_offset_s(home: Home) -> float:
    """How far ahead the clock of a bank at rest stands: it keeps its virtual time between runs."""
    with _block(home) as block:
        return block.offset_s()


def _rest_at(home: Home, offset_s: float) -> None:
    with _block(home) as block:
        block.set_offset_s(offset_s)


@contextmanager
def _block(home: Home) -> Iterator[ControlBlock]:
    with closing(ControlBlock(home.party("bank") / "control")) as block:
        yield block
