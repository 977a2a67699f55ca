"""Runs a range: the book, the worlds with their observer, and the pages on their listener, from one process.

The same TLS as everybody's: a certificate of the range's own authority, made for this run.
"""

from __future__ import annotations

import fcntl
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware

from scenarios.authority import Authority
from scenarios.failures import BrokenSurroundings
from scenarios.ports import LOOPBACK, free_ports
from scenarios.range.app import create_app
from scenarios.range.book import Book
from scenarios.range.ground import Ground
from scenarios.range.worlds import Opened, Rules, Worlds, observing
from scenarios.world import running_world

HOST = "range.localhost"
BOOK, LOCK = "range.db", "range.lock"
READY_S = 10.0
OBSERVE_EVERY_S = 2.0
# The first player's world lies ten ports above the pages.
WORLDS_ABOVE = 10
_THREADS = 24
_GOODBYE_S = 1


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
        authority, certified = _certified(settings.home)
        book.enrol(settings.names)
        ground = prepared(settings, book, f"https://{HOST}:{port}", authority)
        with observing(ground.worlds, OBSERVE_EVERY_S), _listening(ground, port, certified):
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


def _certified(home: Path) -> tuple[Path, dict[str, Any]]:
    """The range's authority, and what its listener shows. The key lives as long as this run, as what opens it does."""
    folder = home / "ca"
    folder.mkdir(mode=0o700, exist_ok=True)
    passphrase = secrets.token_urlsafe(24)
    issuer = Authority.mint(folder, passphrase.encode(), datetime.now(UTC))
    issuer.issue_server(folder, "tls", (HOST,), passphrase.encode(), datetime.now(UTC))
    shown = {
        "ssl_certfile": folder / "tls.crt",
        "ssl_keyfile": folder / "tls.key",
        "ssl_keyfile_password": passphrase,
        "ssl_ciphers": "ECDHE+AESGCM:ECDHE+CHACHA20",
    }
    return folder / "ca.crt", shown


@contextmanager
def _listening(ground: Ground, port: int, certified: dict[str, Any]) -> Iterator[None]:
    # Flask and a2wsgi spell the types of WSGI differently.
    app = cast(Any, WSGIMiddleware(cast(Any, create_app(ground)), workers=_THREADS))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=LOOPBACK,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_GOODBYE_S,
            **certified,
        )
    )
    thread = threading.Thread(target=server.run, name="range", daemon=True)
    thread.start()
    try:
        _wait_until_ready(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join()


def _wait_until_ready(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + READY_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise BrokenSurroundings("The range's listener did not come up; its port may be in use.")
        time.sleep(0.01)
