"""The one directory in which a sandbox lives: its marker, who runs in it, and when it may be deleted.

A directory without our marker is somebody else's: it is never written to unless empty, and never deleted from.
The marker says ``founding`` until everything is in place, so that a founding that was cut short is noticed and done
again. A lock held by the running sandbox keeps a second one out; the system lets go of it however the first one ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from scenarios.facts import FORMAT, PRODUCT, Damaged, Made, Marker, RunFacts, read
from scenarios.failures import BrokenSurroundings

MARKER = "sandbox.json"
RUN = "run.json"
LOCK = "sandbox.lock"
PARTIES = ("bank", "app", "user")


class Home:
    """A home directory, existing or yet to be made."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def party(self, name: str) -> Path:
        """The folder that belongs to one party alone."""
        return self.path / name

    @property
    def authority(self) -> Path:
        return self.path / "ca"

    def marker(self) -> Marker | None:
        """The marker; None when the directory is missing or empty. Foreign and unreadable homes are refused."""
        if not self.path.exists():
            return None
        if not self.path.is_dir():
            raise BrokenSurroundings(f"{self.path} is not a directory; choose another --home.")
        marker = self.path / MARKER
        if not marker.exists():
            self._require_empty()
            return None
        return self._read(marker)

    def _require_empty(self) -> None:
        if any(each.name != LOCK for each in self.path.iterdir()):
            raise BrokenSurroundings(
                f"{self.path} is not a sandbox's home (no {MARKER} in it), so it is left alone; choose another --home."
            )

    def _read(self, marker: Path) -> Marker:
        try:
            made = read(marker, Made)
            if made.product != PRODUCT or made.format != FORMAT:
                by = f"{made.product!r} format {made.format}"
                raise BrokenSurroundings(f"{self.path} was made by {by}, not {FORMAT}; choose another --home.")
            return read(marker, Marker)
        except Damaged as error:
            raise BrokenSurroundings(f"{marker} is damaged; move {self.path} away or choose another --home.") from error

    def create(self, marker: Marker) -> None:
        """Make the directories and the marker in the state ``founding``."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(MARKER, asdict(marker))
        for name in ("ca", *PARTIES):
            (self.path / name).mkdir(mode=0o700, exist_ok=True)

    def founded(self, marker: Marker) -> None:
        """Everything is in place: from now on the home may be started again."""
        self._write(MARKER, asdict(replace(marker, state="founded")))

    def erase(self) -> None:
        """Delete what is in a home that carries our marker, and nothing else. The lock file stays with its holder."""
        if self.marker() is None:
            return
        for each in self.path.iterdir():
            # The marker goes last: a deletion that is cut short must still be recognised as ours.
            if each.name in {MARKER, LOCK}:
                continue
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each)
            else:
                each.unlink()
        (self.path / MARKER).unlink()

    def remove(self) -> None:
        """Erase the home and take the directory away."""
        self.erase()
        self._leave_no_empty_directory()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other sandbox out of this home for as long as the block runs."""
        self.marker()  # A foreign directory is refused before anything is written into it.
        with self._lock_file() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BrokenSurroundings(
                    f"A sandbox is already running in {self.path}; stop it, or choose another --home and --port-base."
                ) from error
            try:
                yield
            finally:
                self._leave_no_empty_directory()

    def _lock_file(self) -> TextIOWrapper:
        """The open lock file, in a directory that is made if need be: the first thing that is ever written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            return (self.path / LOCK).open("w")
        except OSError as error:
            what = error.strerror or type(error).__name__
            raise BrokenSurroundings(f"No home can be made at {self.path}: {what}; choose another --home.") from error

    def _leave_no_empty_directory(self) -> None:
        """A start that was refused before anything was founded leaves nothing behind."""
        if self.path.is_dir() and {each.name for each in self.path.iterdir()} <= {LOCK}:
            (self.path / LOCK).unlink(missing_ok=True)
            self.path.rmdir()

    @contextmanager
    def running(self, facts: RunFacts) -> Iterator[None]:
        """``run.json`` (0600) for as long as the block runs: how other commands reach the running sandbox."""
        self._write(RUN, dict(facts))
        try:
            yield
        finally:
            (self.path / RUN).unlink(missing_ok=True)

    def run(self) -> RunFacts | None:
        """What the running sandbox wrote about itself; None when none runs (a stale file counts as none)."""
        try:
            facts = read(self.path / RUN, RunFacts)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except Damaged as error:
            raise BrokenSurroundings(
                f"{self.path / RUN} is damaged; stop the sandbox if one runs there, and delete this file."
            ) from error
        return facts if _alive(facts["pid"]) else None

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Replace a file in one step: a reader sees the old content or the new, never half of it."""
        draft = self.path / f".{name}.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        draft.rename(self.path / name)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
