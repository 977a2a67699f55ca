"""The load generator tells what really came back, and does not take a failure for a figure."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from loadtests.paced import PacedJob, keep_pace
from loadtests.volley import Job, VolleyFailed, fire
from scenarios.authority import Authority

REQUEST = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
Serve = Callable[[Callable[[int], bytes]], Job]


def answer(body: bytes, status: int = 200) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """``serve(script)``: a TLS server whose nth answer on a connection is ``script(n)``; "" hangs up. Gives the job."""
    authority = Authority.mint(tmp_path, b"authority", datetime.now(UTC))
    authority.issue_server(tmp_path, "tls", ["localhost"], b"secret", datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key", "secret")
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def converse(connection: socket.socket, script: Callable[[int], bytes]) -> None:
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
            number = 0
            while tls.recv(4096) and (reply := script(number)):
                # In pieces, as answers may come.
                for part in (reply[:20], reply[20:]):
                    tls.sendall(part)
                number += 1

    def accept(script: Callable[[int], bytes]) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=converse, args=(connection, script)))
                threads[-1].start()

    def serve(script: Callable[[int], bytes]) -> Job:
        threads.append(threading.Thread(target=accept, args=(script,)))
        threads[-1].start()
        port = listener.getsockname()[1]
        return Job(
            port=port,
            ca_certificate=str(tmp_path / "ca.crt"),
            connections=3,
            requests=[REQUEST] * 10,
            deadline_s=1.0,
            keep_bodies=True,
        )

    yield serve
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join(5)


def test_every_request_has_its_answer(serve: Serve) -> None:
    outcome = fire(serve(lambda number: answer(b"fine")))
    assert outcome.statuses == {200: 10}
    assert outcome.bodies == [b"fine"] * 10
    assert outcome.complaint == b""
    assert 0 < outcome.p50_ms <= outcome.p99_ms <= outcome.seconds * 1000


def test_refusals_are_counted_and_the_first_is_kept(serve: Serve) -> None:
    outcome = fire(serve(lambda number: answer(b"no", 403) if number == 1 else answer(b"fine")))
    assert outcome.statuses == {200: 7, 403: 3}
    assert outcome.complaint == b"no"


def test_a_server_that_hangs_up_is_no_figure(serve: Serve) -> None:
    with pytest.raises(VolleyFailed, match="closed a connection"):
        fire(serve(lambda number: answer(b"fine") if number == 0 else b""))


def test_an_answer_without_a_length_is_no_figure(serve: Serve) -> None:
    with pytest.raises(VolleyFailed, match="Content-Length"):
        fire(serve(lambda number: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))


def test_a_server_that_keeps_silent_is_given_up_at_the_deadline(serve: Serve) -> None:
    with pytest.raises(VolleyFailed, match=r"not done after 1\.0 s"):
        fire(serve(lambda number: b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlate"))


def test_what_keeps_its_pace_counts_a_stalled_answer_as_late_for_those_behind_it_too(serve: Serve) -> None:
    def stalls_once(number: int) -> bytes:
        if number == 1:
            time.sleep(0.1)
        return answer(b"fine", 200 if number % 2 else 429)

    job = replace(serve(stalls_once), connections=1, deadline_s=5.0)
    pace = keep_pace(PacedJob(job=job, interval_us=10_000))
    assert pace.statuses == {429: 5, 200: 5}
    late = sorted(each for found in pace.latencies_us.values() for each in found)
    assert late[-1] >= 90_000
    assert sum(each >= 30_000 for each in late) >= 4
    assert pace.seconds >= 0.09


def test_what_keeps_its_pace_gives_up_at_the_deadline(serve: Serve) -> None:
    job = replace(serve(lambda number: answer(b"fine")), deadline_s=0.05)
    with pytest.raises(VolleyFailed, match="not done"):
        keep_pace(PacedJob(job=job, interval_us=50_000))
