"""Snapshots of a home: every party's state under a name, taken and put back while the sandbox runs or rests.

A snapshot holds what the parties remember: databases (copied by SQLite itself, so that none is caught half written),
keys, and how far the virtual clock is ahead. It does not hold what belongs to one run: settings, TLS certificates,
logs, traces, defences that are off. It fits the home that it was taken of and no other, and is put back whole or not
at all: what is foreign, damaged or incomplete is refused before anything is touched.

    home/snapshots/NAME/snapshot.json       whose, when, and the SHA-256 of every file
    home/snapshots/NAME/<party>/…           the files
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from scenarios.facts import Damaged, Marker, read
from scenarios.failures import BrokenSurroundings, SandboxError, WrongUsage
from scenarios.home import Home
from scenarios.party_state import copied, copy_database, digest, is_database, is_state, remove, state

FOLDER = "snapshots"
DOCUMENT = "snapshot.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class SnapshotRefused(SandboxError):
    """A snapshot that cannot be put back here; nothing was changed."""


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``snapshot.json`` says. ``salt`` is the home's, which no other has; ``files``: SHA-256 in hex by path."""

    name: str
    salt: str
    format: int
    taken_at: str
    offset_ms: Annotated[int, msgspec.Meta(ge=0)]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The snapshots of one home."""

    home: Home

    @property
    def folder(self) -> Path:
        return self.home.path / FOLDER

    def all(self) -> list[Snapshot]:
        """Every readable snapshot, the oldest first."""
        found = [self._read(each.parent) for each in sorted(self.folder.glob(f"*/{DOCUMENT}"))]
        return sorted(found, key=lambda each: each.taken_at)

    def take(self, name: str, offset_ms: int) -> Snapshot:
        """Keep the parties' state as ``name``, in place of an older one of that name. ``offset_ms``: the clock's."""
        marker, place = self._founded(), self._place(name)
        draft = place.with_name(f".{place.name}.taking")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            taken = Snapshot(
                name=name,
                salt=marker.salt,
                format=marker.format,
                taken_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                offset_ms=offset_ms,
                files=copied(self.home, draft),
            )
            (draft / DOCUMENT).write_bytes(msgspec.json.format(msgspec.json.encode(taken)))
            shutil.rmtree(place, ignore_errors=True)
            draft.replace(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return taken

    def put_back(self, name: str) -> Snapshot:
        """Make the parties' state that of the snapshot. ``SnapshotRefused`` before anything was changed.

        Whoever runs the parties must tell them afterwards; calls that are under way meanwhile may be lost.
        """
        marker, place = self._founded(), self._place(name)
        if not (place / DOCUMENT).exists():
            known = ", ".join(each.name for each in self.all()) or "none yet"
            raise SnapshotRefused(f"There is no snapshot {name} of {self.home.path}; there are: {known}.")
        kept = self._read(place)
        _require_of_this_home(kept, marker, self.home)
        _require_whole(kept, place)
        _put_back(self.home, place, kept.files)
        return kept

    def drop(self, name: str) -> None:
        """Delete a snapshot."""
        place = self._place(name)
        if not place.exists():
            raise SnapshotRefused(f"There is no snapshot {name} of {self.home.path}.")
        shutil.rmtree(place)

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise WrongUsage(
                "A snapshot's name has up to 40 of a-z, 0-9, '.', '_' and '-', and begins with one of a-z, 0-9."
            )
        return self.folder / name

    def _founded(self) -> Marker:
        marker = self.home.marker()
        if marker is None or marker.state != "founded":
            raise BrokenSurroundings(f"There is no founded sandbox in {self.home.path}; bank-sandbox up makes one.")
        return marker

    @staticmethod
    def _read(place: Path) -> Snapshot:
        try:
            return read(place / DOCUMENT, Snapshot)
        except Damaged as error:
            raise SnapshotRefused(f"{place / DOCUMENT} is damaged ({error}).") from error


def _require_of_this_home(kept: Snapshot, marker: Marker, home: Home) -> None:
    if (kept.salt, kept.format) != (marker.salt, marker.format):
        raise SnapshotRefused(
            f"The snapshot {kept.name} was taken of another sandbox than the one in {home.path}: its keys would not"
            " open, so nothing was changed."
        )


def _require_whole(kept: Snapshot, place: Path) -> None:
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} - {DOCUMENT}
    if found != kept.files.keys():
        odd = sorted(found ^ kept.files.keys())[0]
        raise SnapshotRefused(f"The snapshot {kept.name} is not whole ({odd}); nothing was changed.")
    for name in kept.files:
        if not is_state(name) or (place / name).is_symlink():
            raise SnapshotRefused(f"The snapshot {kept.name} holds what is no state ({name}); nothing was changed.")
    for name, kept_digest in kept.files.items():
        if digest(place / name) != kept_digest:
            raise SnapshotRefused(f"The snapshot {kept.name} was altered ({name}); nothing was changed.")


def _put_back(home: Home, place: Path, files: dict[str, str]) -> None:
    for each in set(state(home)) - files.keys():
        remove(home.path / each)
    for each in files:
        target = home.path / each
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if is_database(each) and target.exists():
            # Into the open database, by a transaction of its own: whoever has it open sees all of it or none.
            copy_database(place / each, target)
        else:
            draft = target.with_name(f"{target.name}.restoring")
            shutil.copy2(place / each, draft)
            draft.replace(target)
