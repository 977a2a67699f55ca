"""A process of the bank that dies and is replaced is noticed; a bank that is being stopped raises no alarm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from bank_sim.monitor.machine import Machine
from bank_sim.monitor.watch import Watch
from bank_sim.policy import Policy

if TYPE_CHECKING:
    from tests.monitor.conftest import Post

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Children of this process, which plays the supervisor."""
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        started.append(child)
        return child

    yield begin
    for child in started:
        end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    assert child.stdin is not None
    child.stdin.close()


@pytest.mark.clause("10.1.1-2.1", "10.1.2-1.3.1")
def test_a_process_that_is_replaced_was_lost(start: Start) -> None:
    machine = Machine(os.getpid(), os.getpid())
    first = start()
    assert machine.lost() == 0
    assert first.pid in {each.pid for each in machine.processes()}
    end(first)
    assert machine.lost() == 0
    start()
    assert machine.lost() == 1
    assert machine.lost() == 0


def test_processes_that_go_and_are_not_replaced_are_no_loss_nor_are_those_that_come(start: Start) -> None:
    machine = Machine(os.getpid(), os.getpid())
    children = [start(), start()]
    assert machine.lost() == 0
    children.append(start())
    assert machine.lost() == 0
    for each in children:
        end(each)
    assert machine.lost() == 0


def test_what_is_known_of_a_process_is_what_it_costs(start: Start) -> None:
    child = start()
    state = next(each for each in Machine(os.getpid(), os.getpid()).processes() if each.pid == child.pid)
    assert state.memory_bytes > 100_000
    assert state.up_s >= 0
    assert state.cpu_s >= 0


def test_a_supervisor_that_is_gone_has_no_processes() -> None:
    machine = Machine(2**22 - 1, os.getpid())
    assert (machine.processes(), machine.lost()) == ([], 0)


@pytest.mark.clause("10.1.1-2.1", "10.1.2-1.3.1")
def test_the_watch_makes_an_alarm_of_it(post: Post) -> None:
    losses = iter([0, 1, 0])
    watch = Watch(post.clock, Policy(), lambda: next(losses))
    for _ in range(3):
        watch.look_at_processes(post.store)
    assert post.alarms()[("PROCESS_LOST", "")].value == 1
