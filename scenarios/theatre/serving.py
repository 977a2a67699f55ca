"""Serves the theatre on its listener, from a thread of the process that runs the sandbox.

The same TLS as everybody's: a certificate of the sandbox's authority, made for this run. It must not outlive the block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask

from scenarios.addresses import THEATRE_HOST
from scenarios.listening import certified, in_threads, listening
from scenarios.theatre import rendering
from scenarios.theatre.app import create_app
from scenarios.theatre.following import following
from scenarios.theatre.house import LIVE, House
from scenarios.theatre.playing import Playhouse
from scenarios.theatre.recording import Recording
from scenarios.theatre.stream import Streams

if TYPE_CHECKING:
    from scenarios.world import World

_THREADS = 6


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
    streams = _streams(create_app(house), house)
    shown = certified(world.issuer, world.home.path / "theatre", THEATRE_HOST)

    def ending() -> None:
        streams.closing = True

    with listening("theatre", streams, _port(world), shown, ending):
        yield


def _streams(app: Flask, house: House) -> Streams:
    environment: Any = app.jinja_env
    return Streams(
        in_threads(app, _THREADS),
        house.recording,
        lambda recording, after, language: rendering.rows(environment, recording, after, language),
        lambda recording, language: rendering.ending(environment, recording, language),
        house.origin,
    )


def _port(world: World) -> int:
    return int(world.addresses.theatre.rpartition(":")[2])
