"""One process's listeners on the event loop: accept, serve, and on request drain and end.

The sockets are bound before the processes fork and shared by them. Each process takes one connection a turn, so that
idle ones get their share; asyncio's own server would take all that wait. A drain closes what is idle, lets running
calls finish, and gives up after a deadline.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from uvicorn.config import Config as UvicornConfig
from uvicorn.server import ServerState

from bank_sim.edge.bounds import Weakened
from bank_sim.edge.bridge import WsgiApp, WsgiBridge
from bank_sim.edge.protocol import EdgeProtocol
from bank_sim.edge.refusals import Refusal, Report, new_trace_id
from bank_sim.edge.tls import AlertingContext, Handshake, TlsPolicy
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import Problem

# A call takes milliseconds; this also covers a body that is on its way (body_timeout_s).
_DRAIN_S = 12.0
_HANDSHAKE_S = 10.0
_TLS_GOODBYE_S = 2.0
# When the process runs out of file descriptors, accepting pauses instead of spinning.
_ACCEPT_PAUSE_S = 0.5
_UNREAD_BYTES_MAX = 131_072

_log = logging.getLogger("bank.edge")


@dataclass(frozen=True)
class Door:
    """A listener within one process: its socket, its TLS, the application behind it, and whom to tell of refusals.

    ``weakened``: which of the edge's bounds a training leaves out at this moment.
    """

    name: str
    socket: socket.socket
    context: ssl.SSLContext
    app: WsgiApp
    report: Report
    weakened: Weakened = frozenset


async def serve(doors: Sequence[Door], policy: Policy, lifeline: int, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM comes or ``lifeline`` (a file descriptor) reads end-of-file; then drain and return."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_reader(lifeline, stopping.set)
    serving = [_Serving(door, policy) for door in doors]
    for each in serving:
        each.start()
    ready()
    await stopping.wait()
    loop.remove_reader(lifeline)
    await asyncio.gather(*(each.drain() for each in serving))


class _Serving:
    """A door that is open."""

    def __init__(self, door: Door, policy: Policy) -> None:
        self._door = door
        self._policy = policy
        self._loop = asyncio.get_running_loop()
        self._state = ServerState()
        self._draining = False
        self._full = False
        self._tls = TlsPolicy(door.context, door.weakened)
        self._noted: tuple[str, int] | None = None
        self._handshakes: set[asyncio.Task[None]] = set()
        self._greeting: set[EdgeProtocol] = set()
        self._config = UvicornConfig(
            WsgiBridge(door.app, policy, door.report, door.weakened),
            http=EdgeProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            workers=1,
            timeout_keep_alive=policy.keep_alive_s,
        )
        self._config.load()

    def start(self) -> None:
        if self._draining:
            return
        self._door.socket.setblocking(False)
        self._loop.add_reader(self._door.socket, self._accept)

    async def drain(self) -> None:
        """Take no more; end what is idle; wait for what runs."""
        self._draining = True
        self._loop.remove_reader(self._door.socket)
        if self._handshakes:
            await asyncio.wait(self._handshakes, timeout=_TLS_GOODBYE_S)
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(list(self._state.tasks), timeout=_DRAIN_S)
        # The last answers and TLS's goodbye are still on their way out.
        goodbye = self._loop.time() + _TLS_GOODBYE_S
        while self._state.connections and self._loop.time() < goodbye:
            await asyncio.sleep(0.005)
        for connection in list(self._state.connections):
            connection.transport.abort()

    def _accept(self) -> None:
        try:
            connection, _ = self._door.socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another process was faster, or the client changed its mind
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                raise
            _log.error("%s: %s; not accepting for %s s", self._door.name, error.strerror, _ACCEPT_PAUSE_S)
            self._loop.remove_reader(self._door.socket)
            self._loop.call_later(_ACCEPT_PAUSE_S, self.start)
            return
        if not self._make_room():
            connection.close()
            return
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Bounds what the kernel holds for a client that does not read; write_timeout_s counts from when it is full.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD_BYTES_MAX)
        task = self._loop.create_task(self._greet(connection))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)

    def _make_room(self) -> bool:
        """Whether one more connection may be had. Where all are taken, the one that has idled longest gives way.

        Else whoever keeps connections open without using them would keep everybody else out.
        """
        # For a moment at the end of its handshake a connection is among both.
        full = len(self._state.connections | self._greeting) >= self._policy.connections_max
        if full and not self._full:
            _log.warning("%s: all %d connections are taken", self._door.name, self._policy.connections_max)
        self._full = full
        return not full or self._end_longest_idle()

    def _end_longest_idle(self) -> bool:
        idle = {each: each.idle_since_s for each in self._connections() if each.idle_since_s is not None}
        if not idle:
            return False
        # What does not end at once would still count, and nothing of an answer is under way on it.
        min(idle, key=lambda each: idle[each]).transport.abort()
        return True

    def _connections(self) -> list[EdgeProtocol]:
        return [each for each in self._state.connections if isinstance(each, EdgeProtocol)]

    async def _greet(self, connection: socket.socket) -> None:
        """The TLS handshake. What fails ends here, noted in the log; a client that offers too little is recorded."""
        protocol = EdgeProtocol(self._config, self._state, self._policy, self._door.report)
        source, started_ns = _peer(connection), time.perf_counter_ns()
        self._greeting.add(protocol)
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol,
                connection,
                ssl=AlertingContext(self._tls.context(), connection),  # type: ignore[arg-type]
                ssl_handshake_timeout=_HANDSHAKE_S,
                ssl_shutdown_timeout=_TLS_GOODBYE_S,
            )
            if self._record(Handshake(version=transport.get_extra_info("ssl_object").version()), source, started_ns):
                transport.abort()
        except (OSError, asyncio.IncompleteReadError) as error:
            reason = getattr(error, "reason", None)
            connection.close()
            _log.info("%s: no TLS: %s", self._door.name, reason or type(error).__name__)
            self._record(Handshake(reason=reason), source, started_ns)
        finally:
            self._greeting.discard(protocol)

    def _record(self, handshake: Handshake, source: str, started_ns: int) -> bool:
        """Whether it was against the policy. One record a source and second: whoever knocks on and on fills no disk."""
        try:
            self._tls.judge(handshake)
        except Problem as problem:
            noted = (source, int(self._loop.time()))
            if noted != self._noted:
                self._noted = noted
                elapsed_us = (time.perf_counter_ns() - started_ns) // 1000
                self._door.report(Refusal(problem, new_trace_id(), "-", "-", source, elapsed_us))
            return True
        return False


def _peer(connection: socket.socket) -> str:
    """The address at the other end; "-" for one that has gone already."""
    try:
        return str(connection.getpeername()[0])
    except OSError:
        return "-"
