"""Follows the traces of a world into a recording, for as long as a block runs.

A message is shown when it has been answered, and a little later still: those that it set off were answered before it
but began after it, and a reader wants to see them in their order.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.theatre.line import Line
from scenarios.theatre.message import Message
from scenarios.theatre.sources import Sources
from scenarios.theatre.telling import message_of

if TYPE_CHECKING:
    from scenarios.theatre.recording import Recording
    from scenarios.world import World

_log = logging.getLogger("theatre")

LOOK_S = 0.15
SETTLED_S = 0.25


class Follower:
    """Reads on in the traces of one world whenever it is asked to."""

    def __init__(self, world: World, recording: Recording) -> None:
        self._files = [world.home.party(each) / "trace.db-wal" for each in ("bank", "app", "user")]
        self._sources = Sources(world.home)
        self._line = Line(world.middlebox) if world.middlebox is not None else None
        self._recording = recording
        self._waiting: list[Message] = []
        self._sizes: list[tuple[int, int]] = []
        self._unread = False
        self._last: Message | None = None

    def look(self, *, settled_s: float = SETTLED_S) -> None:
        """Take in what is new and has settled. Costs three looks at a file where nothing happened."""
        sizes = [_state(each) for each in self._files]
        if sizes != self._sizes:
            self._sizes = sizes
            applications = self._sources.applications()
            read = [message_of(key, seen, applications) for key, seen in self._sources.new()]
            self._waiting += [each for each in read if each is not None]
        if self._waiting:
            before_ns = time.time_ns() - int(settled_s * 1e9)
            self._waiting.sort(key=lambda each: each.started_ns)
            ripe = [each for each in self._waiting if each.ended_ns <= before_ns]
            self._waiting = [each for each in self._waiting if each.ended_ns > before_ns]
            self._recording.add(self._as_the_line_had_it([each for each in ripe if self._is_news(each)]))

    def _as_the_line_had_it(self, messages: list[Message]) -> list[Message]:
        if self._line is None:
            return messages
        return [each for message in messages for each in self._line.seen(message)]

    def _is_news(self, message: Message) -> bool:
        """Pages that are loaded again and again say nothing new; a look at the phone does once something reached it."""
        last, self._last = self._last, message
        if message.kind == "phone_page":
            unread, self._unread = self._unread, False
            return unread or message.technical.startswith("POST")
        self._unread = self._unread or message.receiver == "phone"
        again = last is not None and (last.kind, last.technical, last.status) == (
            message.kind, message.technical, message.status
        )  # fmt: skip
        looks = message.technical.startswith("GET") and message.kind.endswith("_page")
        return not (again and (looks or message.technical == "POST /device/approvals"))


def _state(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except FileNotFoundError:
        return 0, 0
    return state.st_size, state.st_mtime_ns


@contextmanager
def following(world: World, recording: Recording) -> Iterator[None]:
    """A thread that looks again and again; when the block ends, everything there is has been taken in."""
    follower, over = Follower(world, recording), threading.Event()

    def follow() -> None:
        while not over.wait(LOOK_S):
            try:
                follower.look()
            except Exception:
                # One look that failed must not end the show; what it read is lost to it.
                _log.exception("the traces could not be followed")

    thread = threading.Thread(target=follow, name=f"theatre follows {recording.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        follower.look(settled_s=0)
