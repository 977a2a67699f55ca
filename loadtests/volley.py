"""A load generator that costs little: requests made beforehand, written as they are to a few kept TLS connections.

A process of its own (``python -m loadtests.volley``), so that its work is not counted as the server's and no lock is
shared. It reads one ``Job`` from stdin and writes one ``Outcome`` to stdout, both msgpack. Each connection has one
request under way (a closed loop). It signs nothing, parses no JSON, and gives up at the job's deadline.
"""

from __future__ import annotations

import math
import selectors
import socket
import ssl
import sys
import time
from collections import Counter
from contextlib import ExitStack

import msgspec

_CHUNK = 65536


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Where to fire what. ``requests``: whole HTTP/1.1 messages; ``keep_bodies`` for answers that are needed later."""

    port: int
    ca_certificate: str
    connections: int
    requests: list[bytes]
    deadline_s: float
    host: str = "127.0.0.1"
    server_name: str = "localhost"
    keep_bodies: bool = False


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came back.

    ``statuses``   how many answers had which HTTP status
    ``complaint``  the body of the first answer above 299, empty if there was none
    ``bodies``     in the order of the requests, if kept
    """

    seconds: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]
    complaint: bytes
    bodies: list[bytes]


class VolleyFailed(Exception):
    """The server closed a connection, sent no HTTP, or was not done by the deadline."""


def fire(job: Job) -> Outcome:
    """Send every request once and wait for every answer. The clock starts after the handshakes."""
    with ExitStack() as cleanup:
        context = ssl.create_default_context(cafile=job.ca_certificate)
        count = min(job.connections, len(job.requests))
        lanes = [cleanup.enter_context(Lane(job, context)) for _ in range(count)]
        selector = cleanup.enter_context(selectors.DefaultSelector())
        started_ns = time.perf_counter_ns()
        answers = _exchange(job, lanes, selector, started_ns)
        return _outcome(answers, time.perf_counter_ns() - started_ns, job.keep_bodies)


class Answered(msgspec.Struct):
    status: int
    elapsed_ns: int
    body: bytes


class Lane:
    """One kept connection with at most one request under way."""

    def __init__(self, job: Job, context: ssl.SSLContext) -> None:
        plain = socket.create_connection((job.host, job.port), timeout=job.deadline_s)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname=job.server_name)
        self.socket.setblocking(False)
        self.number = -1
        self._sent_ns = 0
        self._received = b""

    def __enter__(self) -> Lane:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, number: int, request: bytes) -> None:
        """Requests are far smaller than a socket's buffer, so that one call takes them whole."""
        self.number, self._received, self._sent_ns = number, b"", time.perf_counter_ns()
        if self.socket.send(request) != len(request):
            raise VolleyFailed("a request was not taken in one piece")

    def receive(self) -> Answered | None:
        """The answer once it is complete; None while more is to come."""
        while True:
            try:
                chunk = self.socket.recv(_CHUNK)
            except ssl.SSLWantReadError:
                return None
            if not chunk:
                raise VolleyFailed("the server closed a connection in the middle")
            self._received += chunk
            answer = _complete(self._received)
            if answer is not None:
                status, body = answer
                return Answered(status, time.perf_counter_ns() - self._sent_ns, body)


def _exchange(job: Job, lanes: list[Lane], selector: selectors.BaseSelector, started_ns: int) -> list[Answered]:
    answers: list[Answered | None] = [None] * len(job.requests)
    upcoming = iter(enumerate(job.requests))
    for lane in lanes:
        selector.register(lane.socket, selectors.EVENT_READ, lane)
        lane.send(*next(upcoming))
    outstanding = len(lanes)
    while outstanding:
        remaining_s = job.deadline_s - (time.perf_counter_ns() - started_ns) / 1e9
        ready = selector.select(max(0.0, remaining_s))
        if not ready:
            raise VolleyFailed(f"not done after {job.deadline_s} s")
        for key, _ in ready:
            answer = key.data.receive()
            if answer is None:
                continue
            answers[key.data.number] = answer
            following = next(upcoming, None)
            if following is None:
                outstanding -= 1
            else:
                key.data.send(*following)
    return [answer for answer in answers if answer is not None]


def _complete(received: bytes) -> tuple[int, bytes] | None:
    """Status and body of a whole answer with a Content-Length; None while it is incomplete."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return None
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    if not lower.startswith(b"http/1.1 ") or at < 0:
        raise VolleyFailed("the server did not answer with HTTP and a Content-Length")
    length = int(lower[at + 17 :].split(b"\r\n", 1)[0])
    return (int(head[9:12]), body) if len(body) >= length else None


def _outcome(answers: list[Answered], elapsed_ns: int, keep_bodies: bool) -> Outcome:
    ordered = sorted(answer.elapsed_ns for answer in answers)
    return Outcome(
        seconds=elapsed_ns / 1e9,
        p50_ms=percentile(ordered, 0.50) / 1e6,
        p99_ms=percentile(ordered, 0.99) / 1e6,
        statuses=dict(Counter(answer.status for answer in answers)),
        complaint=next((answer.body for answer in answers if answer.status > 299), b""),
        bodies=[answer.body for answer in answers] if keep_bodies else [],
    )


def percentile(ordered: list[int], share: float) -> int:
    """Nearest rank: the smallest value that ``share`` of all do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def main() -> None:
    """Fire the job on stdin; a failure is one line on stderr and exit code 1."""
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    try:
        outcome = fire(job)
    except (VolleyFailed, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.stdout.buffer.write(msgspec.msgpack.encode(outcome))


if __name__ == "__main__":
    main()
