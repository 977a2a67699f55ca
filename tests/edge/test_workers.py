"""The life and death of the bank's processes, with real signals."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import psutil
import pytest

from tests.edge.conftest import Authority, Server, eventually, free_ports

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"


def all_gone(processes: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


def test_ready_means_that_every_listener_answers(own_server: Server) -> None:
    assert own_server.first_line == "ready"
    assert len(own_server.workers()) == 3
    assert own_server.connect().ask(GET).status == 200
    own_server.port = own_server.other_port
    assert own_server.connect().ask(GET).status == 200


def test_idle_workers_share_the_connections(own_server: Server) -> None:
    connections = [own_server.connect() for _ in range(40)]
    pids = {connection.ask(GET).json["pid"] for connection in connections}
    assert len(pids) == 2


@pytest.mark.clause("10.1.2-1.3.2")
def test_a_killed_worker_is_replaced(own_server: Server) -> None:
    before = {each.pid for each in own_server.workers()}
    victim = own_server.ask(GET).json["pid"]
    psutil.Process(victim).kill()
    after = eventually(
        lambda: (now := {each.pid for each in own_server.workers()}) and len(now - before) == 1 and now, "a new worker"
    )
    assert victim not in after
    assert own_server.ask(GET).status == 200


def test_a_worker_that_keeps_dying_is_replaced_each_time(own_server: Server) -> None:
    for deaths in (1, 2, 3):
        own_server.connect().send(b"GET /die HTTP/1.1\r\nHost: localhost\r\n\r\n")
        eventually(lambda: own_server.log_file.read_text().count("ended with 9") == deaths, "the death is noted")  # noqa: B023
    eventually(lambda: len(own_server.workers()) == 3, "all seats are filled again")
    assert own_server.ask(GET).status == 200


def test_sigterm_lets_a_running_call_finish_and_exits_with_0(own_server: Server) -> None:
    connection, idle = own_server.connect(), own_server.connect()
    connection.send(SLOW)
    processes = own_server.workers()
    worker_is_busy = b"GET /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n"
    second = own_server.connect()
    second.send(worker_is_busy)
    own_server.process.send_signal(signal.SIGTERM)
    second.send(b"x")
    assert connection.answer().status == 200
    assert second.answer().status == 200
    assert connection.at_end()
    assert idle.at_end()
    own_server.hang_up()
    assert own_server.end() == 0
    assert all_gone(processes)


def test_ctrl_c_in_a_terminal_stops_the_server_as_sigterm_does(own_server: Server) -> None:
    connection = own_server.connect()
    connection.send(SLOW)
    for process in [*own_server.workers(), psutil.Process(own_server.process.pid)]:
        process.send_signal(signal.SIGINT)
    assert connection.answer().status == 200
    own_server.hang_up()
    assert own_server.end() == 0


def test_a_killed_supervisor_leaves_no_worker(own_server: Server) -> None:
    workers = own_server.workers()
    assert len(workers) == 3
    own_server.process.kill()
    eventually(lambda: all_gone(workers), "the workers notice and end")


def test_the_server_ends_with_whoever_started_it(own_server: Server) -> None:
    workers = own_server.workers()
    assert own_server.process.stdin is not None
    own_server.process.stdin.close()
    assert own_server.process.wait(10) == 0
    assert all_gone(workers)


def test_a_second_signal_does_not_wait_for_a_stuck_call(own_server: Server) -> None:
    connection = own_server.connect()
    # A body that never comes holds a drain back until its own deadline.
    connection.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
    workers = own_server.workers()
    own_server.process.send_signal(signal.SIGTERM)
    eventually(lambda: len([each for each in workers if each.is_running()]) < 3, "idle workers have drained")
    own_server.process.send_signal(signal.SIGTERM)
    assert own_server.process.wait(5) == 0
    assert all_gone(workers)


def test_a_port_in_use_is_one_clear_line(authority: Authority, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Server(tmp_path, authority, ports=(taken.getsockname()[1], free_ports()[0]))
    assert server.end() == 1
    assert (
        server.first_line == f"The first listener cannot have port {server.port} on 127.0.0.1: Address already in use."
    )
