"""The client's clock follows the sandbox's, as its real control listener tells it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from bank_sim.clock import Clock
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.sandbox.faults import Faults
from bank_sim.sandbox.listener import create_control_app
from bank_sim.sdk.clock import FollowingClock, SystemClock

TOKEN = "the token of this run"
URL = "https://localhost:8449"


@pytest.fixture
def http(tmp_path: Path) -> Iterator[httpx.Client]:
    block = ControlBlock(tmp_path / "control")
    switches = Switches(block, tmp_path / "weakened.json", frozenset())
    digest = sha256(TOKEN.encode()).hexdigest()
    faults = Faults(tmp_path / "faults.db", lambda: 0, lambda: None)
    app = create_control_app(block, Clock(block.offset_s), switches, faults, digest, lambda _: {})
    with httpx.Client(transport=httpx.WSGITransport(app)) as client:
        yield client
    block.close()


def _advance(http: httpx.Client, seconds: int) -> None:
    moved = http.post(f"{URL}/clock", json={"advance_s": seconds}, headers={"Authorization": f"Bearer {TOKEN}"})
    moved.raise_for_status()


def test_a_following_clock_learns_of_a_move_when_it_refreshes(http: httpx.Client) -> None:
    clock = FollowingClock(URL, http.get)
    _advance(http, 86_400)
    assert abs(clock.now_s() - time.time()) < 5
    clock.refresh()
    assert abs(clock.now_s() - 86_400 - time.time()) < 5


def test_a_party_forgets_once_after_each_return_to_a_snapshot(http: httpx.Client) -> None:
    clock, forgotten = FollowingClock(URL, http.get), []
    clock.on_restored = lambda: forgotten.append(clock.offset_s)
    clock.refresh()
    assert forgotten == []
    for offset_ms in (7000, 0):
        told = http.post(f"{URL}/restored", json={"offset_ms": offset_ms}, headers={"Authorization": f"Bearer {TOKEN}"})
        told.raise_for_status()
        clock.refresh()
        clock.refresh()

    assert forgotten == [7, 0]


def test_nobody_goes_on_while_another_thread_still_forgets() -> None:
    epochs = iter([0, 1, 1])

    def tells(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"offset_s": 0, "epoch": next(epochs)})

    forgetting, done = threading.Event(), threading.Event()
    order: list[str] = []

    def forget() -> None:
        forgetting.set()
        assert done.wait(10)
        order.append("forgotten")

    with httpx.Client(transport=httpx.MockTransport(tells)) as http:
        clock = FollowingClock(URL, http.get)
        clock.refresh()
        clock.on_restored = forget
        first = threading.Thread(target=clock.refresh)
        later = threading.Thread(target=lambda: (clock.refresh(), order.append("goes on")))
        first.start()
        assert forgetting.wait(10)
        later.start()
        later.join(0.05)
        assert order == []
        done.set()
        first.join()
        later.join()
    assert order == ["forgotten", "goes on"]


def test_when_the_listener_cannot_be_reached_the_last_offset_stays(http: httpx.Client) -> None:
    clock = FollowingClock(URL, http.get)
    _advance(http, 3600)
    clock.refresh()

    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with httpx.Client(transport=httpx.MockTransport(unreachable)) as nobody:
        clock._get = nobody.get
        clock.refresh()
    assert clock.offset_s == 3600


def test_an_answer_that_is_not_about_time_changes_nothing(http: httpx.Client) -> None:
    clock = FollowingClock(f"{URL}/health?", http.get)
    clock.refresh()
    assert clock.offset_s == 0


def test_the_system_clock_is_the_machines() -> None:
    clock = SystemClock()
    clock.refresh()
    assert abs(clock.now_s() - time.time()) < 5
