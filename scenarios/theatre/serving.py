"""Serves the theatre on its listener, from a thread of the process that runs the sandbox.

The same TLS as everybody's: a certificate of the sandbox's authority, made for this run. It must not outlive the block.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

from scenarios.addresses import THEATRE_HOST
from scenarios.failures import BrokenSurroundings
from scenarios.ports import LOOPBACK
from scenarios.theatre import rendering
from scenarios.theatre.app import create_app
from scenarios.theatre.following import following
from scenarios.theatre.house import LIVE, House
from scenarios.theatre.playing import Playhouse
from scenarios.theatre.recording import Recording
from scenarios.theatre.stream import Streams

if TYPE_CHECKING:
    from scenarios.world import World

READY_S = 10.0
_THREADS = 6
_GOODBYE_S = 1


@contextmanager
def open_theatre(world: World) -> Iterator[House]:
    """Follow the world's traces and serve the theatre for as long as the block runs. The world must trace.

    ``BrokenSurroundings`` when the listener does not come up.
    """
    origin = world.addresses.theatre
    house = House(world, Recording(LIVE, world.plan.suite), Playhouse(world.plan.environment), origin)
    with following(world, house.live), _listening(world, house):
        try:
            yield house
        finally:
            house.plays.close()


@contextmanager
def _listening(world: World, house: House) -> Iterator[None]:
    app = create_app(house)
    streams = _streams(app, house)
    server = uvicorn.Server(_config(world, streams))
    thread = threading.Thread(target=server.run, name="theatre", daemon=True)
    thread.start()
    try:
        _wait_until_ready(server, thread)
        yield
    finally:
        streams.closing = True
        server.should_exit = True
        thread.join()


def _streams(app: Flask, house: House) -> Streams:
    environment: Any = app.jinja_env
    return Streams(
        # Flask and a2wsgi spell the types of WSGI differently.
        cast(Any, WSGIMiddleware(cast(Any, app), workers=_THREADS)),
        house.recording,
        lambda recording, after, language: rendering.rows(environment, recording, after, language),
        lambda recording, language: rendering.ending(environment, recording, language),
        house.origin,
    )


def _config(world: World, streams: Streams) -> uvicorn.Config:
    folder = world.home.path / "theatre"
    folder.mkdir(mode=0o700, exist_ok=True)
    # The key lives as long as this run, and so does what opens it.
    passphrase = secrets.token_urlsafe(24)
    world.issuer.issue_server(folder, "tls", (THEATRE_HOST,), passphrase.encode(), datetime.now(UTC))
    return uvicorn.Config(
        cast(Any, streams),
        host=LOOPBACK,
        port=int(house_port(world)),
        ssl_certfile=folder / "tls.crt",
        ssl_keyfile=folder / "tls.key",
        ssl_keyfile_password=passphrase,
        ssl_ciphers="ECDHE+AESGCM:ECDHE+CHACHA20",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GOODBYE_S,
    )


def house_port(world: World) -> str:
    return world.addresses.theatre.rpartition(":")[2]


def _wait_until_ready(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + READY_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise BrokenSurroundings("The theatre's listener did not come up; its port may be in use.")
        time.sleep(0.01)
