"""What one client can make a process hold: calls ahead of their answers, answers nobody reads, connections."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from tests.edge.conftest import Authority, Connection, Server, eventually

GET = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
WRITE_TIMEOUT_S, CONNECTIONS_MAX = 2, 5
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def module_server(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"write_timeout_s": WRITE_TIMEOUT_S, "connections_max": CONNECTIONS_MAX, "keep_alive_s": 1}
    server = Server(tmp_path_factory.mktemp("server"), authority, settings)
    yield server
    assert server.stop() == 0


class Deaf:
    """A client with a small window that sends and never reads."""

    def __init__(self, server: Server) -> None:
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", server.other_port))
        self.socket = server.context().wrap_socket(plain, server_hostname="localhost")
        self.socket.settimeout(0.5)

    def send(self, data: bytes) -> None:
        # That the server does not read on is as good as an answer.
        with suppress(TimeoutError, ssl.SSLError, ConnectionError):
            self.socket.sendall(data)

    def port(self) -> int:
        return int(self.socket.getsockname()[1])


def connections_at(server: Server) -> set[int]:
    """The client ports of the connections that the second listener has open."""
    return {
        connection.raddr.port
        for worker in server.workers()
        for connection in worker.net_connections()
        if connection.laddr.port == server.other_port and connection.status == psutil.CONN_ESTABLISHED
    }


def memory_bytes(server: Server) -> int:
    return max(worker.memory_info().rss for worker in server.workers())


def test_calls_too_far_ahead_of_their_answers_are_refused_after_them(server: Server) -> None:
    connection = server.connect()
    connection.send(GET * 40)
    answers = [connection.answer() for _ in range(18)]
    assert [each.status for each in answers] == [200] * 17 + [429]
    assert (answers[17].json["code"], answers[17].headers["retry-after"]) == ("RATE_LIMITED", "1")
    assert answers[17].json["retry_safe"]
    assert connection.at_end()
    assert [each["code"] for each in server.reports()] == ["RATE_LIMITED"]


@pytest.mark.clause("7.3.2-1", "8-2")
def test_a_client_that_does_not_read_costs_little_and_not_for_long(server: Server) -> None:
    before, deaf = memory_bytes(server), Deaf(server)
    deaf.send(LARGE * 7000)
    assert deaf.port() in connections_at(server)
    assert memory_bytes(server) - before < 8 * MIB
    began = time.monotonic()
    eventually(lambda: deaf.port() not in connections_at(server), "the connection is cut")
    assert time.monotonic() - began < WRITE_TIMEOUT_S + 3
    deaf.socket.close()


def test_a_client_that_reads_slowly_gets_its_answer(server: Server) -> None:
    connection = server.connect()
    connection.send(LARGE * 3)
    time.sleep(WRITE_TIMEOUT_S / 2)
    assert [len(connection.answer().body) for _ in range(3)] == [200_000] * 3


def test_an_idle_connection_is_closed(server: Server) -> None:
    connection = server.connect()
    connection.ask(GET)
    assert connection.at_end()


@pytest.mark.clause("8-2")
def test_where_all_connections_are_taken_the_longest_idle_gives_way(server: Server) -> None:
    held = [Connection(server.other_port, server.context()) for _ in range(CONNECTIONS_MAX)]
    assert [each.ask(GET).status for each in held] == [200] * CONNECTIONS_MAX
    newest = Connection(server.other_port, server.context())
    assert newest.ask(GET).status == 200
    with pytest.raises((AssertionError, OSError)):
        held[0].ask(GET)
    assert [each.ask(GET).status for each in held[1:]] == [200] * (CONNECTIONS_MAX - 1)
    assert server.log_file.read_text().count(f"all {CONNECTIONS_MAX} connections are taken") == 1
    for each in (*held, newest):
        each.close()
    eventually(lambda: not connections_at(server), "the connections are closed")


def test_connections_in_use_are_not_given_up_for_new_ones(server: Server) -> None:
    begun, rest = GET[:10], GET[10:]
    held = [Connection(server.other_port, server.context()) for _ in range(CONNECTIONS_MAX)]
    for each in held:
        assert each.ask(GET).status == 200
        each.send(begun)

    def is_refused() -> bool:
        try:
            Connection(server.other_port, server.context()).close()
        except (ConnectionError, ssl.SSLError):
            return True
        return False

    # By the time that these are answered, the beginnings of the calls have arrived.
    assert [server.ask(GET).status for _ in range(3)] == [200] * 3
    assert is_refused()
    answers = []
    for each in held:
        each.send(rest)
        answers.append(each.answer().status)
    assert answers == [200] * CONNECTIONS_MAX
    for each in held:
        each.close()
    eventually(lambda: not connections_at(server), "the connections are closed")
