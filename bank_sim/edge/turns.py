"""Whose call is next in a process that runs one at a time: one of each party in turn, not whoever asks loudest.

Without it calls run in the order in which they came, and a party that sends a hundred at once makes everybody else wait
for all of them. Here whoever has not been served last comes first: beside any flood a call waits for the one that runs,
and for one of each other party. A party is what the connection says (``Connection.party``). It knows no application.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """The turns of one listener in one process; only on its event loop."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._taken = False
        self._last = ""

    @asynccontextmanager
    async def turn(self, party: str) -> AsyncIterator[None]:
        """Wait for one's turn, and have it for as long as the block lasts."""
        await self._wait(party)
        try:
            yield
        finally:
            # Not at once: what has arrived meanwhile is read first, and takes part.
            asyncio.get_running_loop().call_soon(self._pass_on)

    async def _wait(self, party: str) -> None:
        if not self._taken:
            self._taken, self._last = True, party
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(party, deque()).append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        if self._last in self._waiting:
            self._waiting.move_to_end(self._last)
        while self._waiting:
            party, queue = next(iter(self._waiting.items()))
            future = queue.popleft()
            if not queue:
                del self._waiting[party]
            if not future.done():
                self._last = party
                future.set_result(None)
                return
        self._taken = False
