"""The processes of one server: a supervisor that forks workers, replaces those that die, and leaves none behind.

Sockets are bound and everything is imported before the first fork, so that a new worker is ready within milliseconds
and a dead one loses no waiting connection. Rules of life and death:

1. ``ready`` is called once, when every worker serves; a worker that dies before that ends the whole server.
2. A worker that dies later is forked anew, with a growing pause while it keeps dying young.
3. SIGTERM, SIGINT, or end-of-file on ``watched`` drains: workers get SIGTERM, and SIGKILL after a deadline. A second
   signal kills at once.
4. When the supervisor itself is killed, workers read end-of-file on a pipe that only it holds open, and end.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bank_sim.edge.failures import whereabouts
from bank_sim.edge.listening import StartFailed

_STOP_DEADLINE_S = 20.0
_PAUSE_FIRST_S, _PAUSE_MAX_S = 0.1, 5.0
_YOUNG_S = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

_log = logging.getLogger("bank.workers")


@dataclass(frozen=True)
class Role:
    """What one worker does. ``run(lifeline, ready)`` serves until SIGTERM or end-of-file on ``lifeline``, then returns.

    It must call ``ready`` once its listeners accept.
    """

    name: str
    run: Callable[[int, Callable[[], None]], None]


@dataclass
class _Seat:
    """A role and whoever fills it at the moment."""

    role: Role
    pid: int | None = None
    since: float = 0.0
    pause_s: float = _PAUSE_FIRST_S
    due: float = field(default=0.0)


class Supervisor:
    """Runs one worker for each role until it is told to stop."""

    def __init__(self, roles: Sequence[Role], ready: Callable[[], None], watched: int | None = None) -> None:
        """``watched``: a file descriptor whose end-of-file means: stop."""
        self._seats = [_Seat(role) for role in roles]
        self._ready = ready
        self._watched = watched
        self._waiting_for = len(roles)
        self._stop_signals = 0
        self._stop_deadline = 0.0
        self._life_read, self._life_write = os.pipe()
        self._ready_read, self._ready_write = os.pipe()
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._ready_read, self._wake_read, self._wake_write):
            os.set_blocking(end, False)

    def run(self) -> None:
        """Returns when every worker has ended after a stop; ``StartFailed`` if the start failed."""
        for number in _SIGNALS:
            signal.signal(number, self._note)
        signal.set_wakeup_fd(self._wake_write)
        failed = False
        while not self._stopping or any(seat.pid for seat in self._seats):
            self._fill_seats()
            self._wait()
            died_early = self._reap() and self._waiting_for > 0 and not self._stopping
            failed = failed or died_early
            if died_early:
                self._stop_signals = 1
            self._pass_stop_on()
        if failed:
            raise StartFailed("A worker ended before the server was ready; its log says why.")

    @property
    def _stopping(self) -> bool:
        return self._stop_signals > 0

    def _note(self, number: int, _: object) -> None:
        if number != signal.SIGCHLD:
            self._stop_signals += 1

    def _fill_seats(self) -> None:
        now = time.monotonic()
        for seat in self._seats:
            if seat.pid is None and seat.due <= now and not self._stopping:
                seat.pid, seat.since = self._fork(seat.role), now

    def _wait(self) -> None:
        """Sleep until a signal, a worker's readiness, the end of the watched file, or the next thing that is due."""
        due = [seat.due for seat in self._seats if seat.pid is None]
        if self._stopping:
            due = [self._stop_deadline or time.monotonic()]
        timeout = max(0.0, min(due) - time.monotonic()) if due else None
        files = [self._wake_read, self._ready_read, *([] if self._watched is None else [self._watched])]
        readable, _, _ = select.select(files, [], [], timeout)
        if self._wake_read in readable:
            os.read(self._wake_read, 4096)
        if self._ready_read in readable:
            self._count_ready(len(os.read(self._ready_read, 4096)))
        if self._watched in readable and not os.read(self._watched, 4096):
            _log.info("whoever started this server is gone; stopping")
            self._watched = None
            self._stop_signals += 1

    def _count_ready(self, workers: int) -> None:
        before, self._waiting_for = self._waiting_for, max(0, self._waiting_for - workers)
        if before > 0 and self._waiting_for == 0:
            self._ready()

    def _reap(self) -> bool:
        """Notice who has died; True if anybody has."""
        died = False
        for seat in self._seats:
            if seat.pid is None:
                continue
            pid, status = os.waitpid(seat.pid, os.WNOHANG)
            if pid == 0:
                continue
            died, seat.pid = True, None
            young = time.monotonic() - seat.since < _YOUNG_S
            seat.pause_s = min(seat.pause_s * 2, _PAUSE_MAX_S) if young else _PAUSE_FIRST_S
            seat.due = time.monotonic() + (seat.pause_s if young else 0.0)
            if not self._stopping:
                _log.warning("worker %s (%d) ended with %d", seat.role.name, pid, os.waitstatus_to_exitcode(status))
        return died

    def _pass_stop_on(self) -> None:
        if not self._stopping:
            return
        now = time.monotonic()
        if self._stop_deadline == 0.0:
            self._stop_deadline = now + _STOP_DEADLINE_S
            self._signal_all(signal.SIGTERM)
        elif self._stop_signals > 1 or now >= self._stop_deadline:
            self._signal_all(signal.SIGKILL)
            self._stop_deadline = now + _STOP_DEADLINE_S

    def _signal_all(self, number: signal.Signals) -> None:
        for seat in self._seats:
            if seat.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(seat.pid, number)

    def _fork(self, role: Role) -> int:
        # Held back until the child has handlers of its own, else a signal would be noted twice.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._be(role)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        return pid

    def _be(self, role: Role) -> None:
        """The child's whole life. It never returns into the supervisor's stack."""
        code = 1
        try:
            os.close(self._life_write)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # Ctrl-C in a terminal reaches every process; only the supervisor answers it.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            role.run(self._life_read, lambda: _write_one(self._ready_write))
            code = 0
        except BaseException as error:
            _log.error("worker %s failed: %s", role.name, whereabouts(error))
        finally:
            logging.shutdown()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def _write_one(pipe: int) -> None:
    os.write(pipe, b"1")
