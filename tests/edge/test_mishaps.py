"""What a sandbox lets befall an answer: it comes late or not at all, and nobody else waits for it."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

import pytest

from tests.edge.conftest import Server, eventually

HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


def mishap(waits_ms: int, ending: str) -> bytes:
    return b"GET /mishap?%d&%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (waits_ms, ending.encode())


def test_a_late_answer_is_the_answer_and_its_line_serves_on(server: Server) -> None:
    connection, asked_s = server.connect(), time.monotonic()

    assert connection.ask(mishap(80, "answered")).json["path"] == "/mishap"
    assert time.monotonic() - asked_s >= 0.08
    assert connection.ask(HELLO).json["path"] == "/hello"


def test_nobody_else_waits_for_an_answer_that_is_late(server: Server) -> None:
    late = [server.connect() for _ in range(4)]
    for each in late:
        each.send(mishap(5_000, "answered"))
    asked_s = time.monotonic()
    for _ in range(4):
        assert server.ask(HELLO).status == 200

    assert time.monotonic() - asked_s < 2


def test_a_lost_answer_ends_its_line_without_a_byte(server: Server) -> None:
    connection = server.connect()
    connection.send(mishap(0, "silent"))

    assert connection.at_end()


def test_a_reset_line_ends_with_an_error(server: Server) -> None:
    connection = server.connect()
    connection.send(mishap(0, "reset"))

    with pytest.raises(ConnectionResetError):
        read_below_tls(connection.socket)


def read_below_tls(wire: socket.socket) -> None:
    """TLS's library takes a reset and an end for the same; what comes before either are its tickets."""
    while socket.socket.recv(wire, 65_536):
        pass


def test_a_caller_who_goes_ends_what_waits_for_it(server: Server) -> None:
    connection = server.connect()
    connection.send(mishap(60_000, "silent"))
    server.hang_up()

    assert server.ask(HELLO).status == 200


def test_a_call_whose_line_ends_is_over_also_with_others_sent_behind_it(server: Server) -> None:
    for ending in ("silent", "reset", "silent", "reset"):
        connection = server.connect()
        connection.send(mishap(0, ending) + HELLO)
        with suppress(ConnectionResetError):
            assert connection.at_end()
    late = server.connect()
    late.send(mishap(60_000, "answered") + HELLO)
    late.close()

    eventually(lambda: not any(server.ask(HELLO).json["waiting"] for _ in range(8)), "nothing waits any more")


def test_a_server_that_stops_answers_what_was_late_at_once(own_server: Server) -> None:
    connection = own_server.connect()
    connection.send(mishap(60_000, "answered"))
    asked_s = time.monotonic()
    # Until the call has been taken, a stop could come before it.
    own_server.ask(HELLO)
    own_server.process.terminate()

    assert connection.answer().json["path"] == "/mishap"
    assert time.monotonic() - asked_s < 10


def test_a_process_that_is_killed_takes_the_answer_along_and_another_takes_its_place(own_server: Server) -> None:
    before = {each.pid for each in own_server.workers()}
    connection = own_server.connect()
    connection.send(mishap(0, "killed"))

    assert connection.at_end()
    eventually(lambda: len({each.pid for each in own_server.workers()} - before) == 1, "a new worker")
