"""What befalls an answer on its way out, where a sandbox was told to let it: late, never, or cut off with its line.

Carried out on the event loop, so that nobody else waits for it. The application behind the edge has done its work by
then and left a ``Mishap`` in its environment; without one nothing here is called. A line that waits for a mishap ends
with its caller, and with a bank that is told to stop.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from bank_sim.sandbox.faults import Strike

NAME = "sandbox.mishap"
"""Where the application leaves it in the WSGI environment."""

Ending = Literal["answered", "silent", "reset", "killed"]
_ENDINGS: dict[str, Ending] = {
    "worker_killed": "killed",
    "reset": "reset",
    "hang": "silent",
    "answer_lost": "silent",
}
# struct linger {1, 0}: a connection that is closed so ends with RST instead of FIN.
_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Mishap:
    """First the answer waits, then it goes out, or its line ends: in silence, by a reset, with the process."""

    waits_ms: int
    ending: Ending


def mishap_of(strikes: Iterable[Strike]) -> Mishap | None:
    """What the edge has to do about these; None where nothing. Of several endings the most violent comes true."""
    struck = {each.name: each for each in strikes}
    ending: Ending = next((ending for name, ending in _ENDINGS.items() if name in struck), "answered")
    waits_ms = sum(struck[name].parameters["ms"] for name in ("latency", "hang") if name in struck)
    return Mishap(waits_ms, ending) if waits_ms or ending != "answered" else None


class Line:
    """A caller's connection, as far as a mishap has to do with it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.ending = asyncio.Event()
        """The bank is told to stop: nothing waits any longer."""

    def cut(self, *, reset: bool) -> None:
        """End it without a word more, as a machine does that dies (FIN) or forgets (RST)."""
        if reset and (connection := self._transport.get_extra_info("socket")) is not None:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()


async def survives(
    environ: Mapping[str, Any],
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
) -> bool:
    """Let come to pass what the application left for this answer; whether the answer shall go out."""
    mishap: Mishap | None = environ.get(NAME)
    if mishap is None:
        return True
    if mishap.ending == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    line: Line = scope["state"]["line"]
    gone = asyncio.ensure_future(receive())
    stopping = asyncio.ensure_future(line.ending.wait())
    try:
        # What a caller in its turn ends, or the bank's own end, is not waited out.
        await asyncio.wait({gone, stopping}, timeout=mishap.waits_ms / 1000, return_when=asyncio.FIRST_COMPLETED)
        if mishap.ending == "answered":
            return not gone.done()
        line.cut(reset=mishap.ending == "reset")
        await gone
        return False
    finally:
        gone.cancel()
        stopping.cancel()
