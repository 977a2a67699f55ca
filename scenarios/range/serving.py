"""Runs a range: the book, the worlds with their observer, and the pages on their listener, from one process.

The same TLS as everybody's: a certificate of the range's own authority, made for this run.
"""

from __future__ import annotations

import fcntl
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scenarios.authority import Authority
from scenarios.failures import BrokenSurroundings
from scenarios.listening import Certified, certified, in_threads, listening
from scenarios.ports import free_ports
from scenarios.range.app import create_app
from scenarios.range.book import Book
from scenarios.range.ground import Ground
from scenarios.range.worlds import Opened, Rules, Worlds, observing
from scenarios.world import running_world

HOST = "range.localhost"
BOOK, LOCK = "range.db", "range.lock"
OBSERVE_EVERY_S = 2.0
# The first player's world lies ten ports above the pages.
WORLDS_ABOVE = 10
_THREADS = 24


@dataclass(frozen=True, slots=True)
class Settings:
    """``home`` keeps the book; ``names`` are enrolled; ``port_base`` 0 takes any free ports for everything."""

    home: Path
    names: tuple[str, ...]
    worlds_max: int
    port_base: int
    environment: Mapping[str, str]
    now_s: Callable[[], float] = time.time
    opened: Opened = running_world


@contextmanager
def open_range(settings: Settings) -> Iterator[Ground]:
    """Serve the range for as long as the block runs. ``BrokenSurroundings`` when its listener does not come up."""
    with _held(settings.home), closing(Book(settings.home / BOOK)) as book:
        port = settings.port_base or free_ports().theatre
        authority, shown = _minted(settings.home)
        book.enrol(settings.names)
        ground = prepared(settings, book, f"https://{HOST}:{port}", authority)
        pages = in_threads(create_app(ground), _THREADS)
        with observing(ground.worlds, OBSERVE_EVERY_S), listening("range", pages, port, shown):
            yield ground


@contextmanager
def _held(home: Path) -> Iterator[None]:
    """Keep other ranges out of this home for as long as the block runs; a foreign directory is left alone."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / BOOK).exists() and any(each.name != LOCK for each in home.iterdir()):
        raise BrokenSurroundings(f"{home} is not a range's home (no {BOOK} in it); choose another --home.")
    with (home / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BrokenSurroundings(f"A range is already open in {home}; choose another --home.") from error
        yield


def prepared(settings: Settings, book: Book, origin: str, authority: Path) -> Ground:
    """The ground with its worlds, which nobody observes yet."""
    ground = Ground(book, origin, authority, settings.now_s)
    rules = Rules(
        folder=settings.home / "worlds",
        worlds_max=settings.worlds_max,
        port_base=settings.port_base and settings.port_base + WORLDS_ABOVE,
        environment=settings.environment,
        now_s=settings.now_s,
        opened=settings.opened,
    )
    ground.worlds = Worlds(rules, ground.seen)
    return ground


def _minted(home: Path) -> tuple[Path, Certified]:
    """The range's own authority, made for this run, and what its listener shows."""
    folder = home / "ca"
    folder.mkdir(mode=0o700, exist_ok=True)
    issuer = Authority.mint(folder, secrets.token_urlsafe(24).encode(), datetime.now(UTC))
    return folder / "ca.crt", certified(issuer, folder, HOST)
