"""Whose call is next: beside any flood a call waits for the one that runs, and for no second one of the flood."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bank_sim.edge.bridge import WsgiBridge
from bank_sim.edge.connection import Connection
from bank_sim.edge.turns import Turns
from bank_sim.policy import Policy


def served(play: Callable[[Turns, list[str]], Coroutine[Any, Any, None]]) -> list[str]:
    """Who was served, in order, once everybody was."""
    order: list[str] = []

    async def whole() -> None:
        async with asyncio.timeout(5):
            await play(Turns(), order)

    asyncio.run(whole())
    return order


def call(turns: Turns, order: list[str], party: str) -> asyncio.Task[None]:
    async def serve() -> None:
        async with turns.turn(party):
            order.append(party)

    return asyncio.ensure_future(serve())


@pytest.mark.clause("10.1.2-1.1.2")
def test_whoever_arrives_amid_a_flood_is_served_next() -> None:
    async def play(turns: Turns, order: list[str]) -> None:
        flood = [call(turns, order, "loud") for _ in range(50)]
        while len(order) < 10:
            await asyncio.sleep(0)
        quiet = call(turns, order, "quiet")
        await quiet
        order.append("|")
        await asyncio.gather(*flood)

    order = served(play)
    assert order.index("quiet") <= 11
    assert order.count("loud") == 50


def test_parties_that_wait_are_served_one_call_each_in_turn() -> None:
    async def play(turns: Turns, order: list[str]) -> None:
        await asyncio.gather(*(call(turns, order, party) for party in "aaaabbbbcc"))

    order = served(play)
    assert sorted(order) == sorted("aaaabbbbcc")
    assert order[:7] == ["a", "b", "c", "a", "b", "c", "a"]


def test_one_who_goes_away_while_waiting_holds_up_nobody() -> None:
    async def play(turns: Turns, order: list[str]) -> None:
        first, gone, last = (call(turns, order, party) for party in ("first", "gone", "last"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(first, gone, last, return_exceptions=True)
        await call(turns, order, "afterwards")

    assert served(play) == ["first", "last", "afterwards"]


def test_one_who_goes_away_in_the_moment_of_their_turn_passes_it_on() -> None:
    async def play(turns: Turns, order: list[str]) -> None:
        async with turns.turn("running"):
            gone, last = call(turns, order, "gone"), call(turns, order, "last")
            await asyncio.sleep(0)
        while turns._last != "gone":
            await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, last, return_exceptions=True)
        await call(turns, order, "afterwards")

    assert served(play) == ["last", "afterwards"]


def test_a_call_that_fails_passes_its_turn_on() -> None:
    async def play(turns: Turns, order: list[str]) -> None:
        async def fail() -> None:
            async with turns.turn("failing"):
                raise ValueError

        failing = asyncio.ensure_future(fail())
        await call(turns, order, "next")
        assert isinstance((await asyncio.gather(failing, return_exceptions=True))[0], ValueError)

    assert served(play) == ["next"]


def test_a_connection_begins_as_its_certificate_s_or_its_address_s() -> None:
    assert Connection.begun("192.0.2.7", None).party == "source:192.0.2.7"
    assert Connection.begun("192.0.2.7", b"der").party == Connection.begun("192.0.2.8", b"der").party
    assert Connection.begun("192.0.2.7", b"der").party != Connection.begun("192.0.2.7", b"another").party


def test_a_connection_remembers_who_was_told_to_wait_three_times_in_a_row_under_the_limits_that_hold() -> None:
    connection = Connection("source:192.0.2.7")
    for _ in range(2):
        connection.told_to_wait("app.key", 1_000, 5_000, under=7)
    assert connection.waits_ms("app.key", 1_000, under=7, after=3) == 0
    connection.told_to_wait("app.key", 1_000, 5_000, under=7)
    assert connection.waits_ms("app.key", 1_000, under=7, after=3) == 4_000
    assert connection.waits_ms("app.key", 1_000, under=8, after=3) == 0
    assert connection.waits_ms("app.key", 5_000, under=7, after=3) == 0
    assert connection.waits_ms("app.other", 1_000, under=7, after=3) == 0


def test_a_connection_forgets_refusals_of_a_key_that_waited_and_of_no_other() -> None:
    connection = Connection("source:192.0.2.7")
    for now_ms in (1_000, 3_000, 5_000):
        connection.told_to_wait("app.patient", now_ms, now_ms + 1_000, under=7)
        connection.told_to_wait("app.hasty", now_ms, now_ms + 1_000, under=7)
        connection.waits_ms("app.hasty", now_ms + 500, under=7, after=1)
        for keyid in ("app.patient", "app.hasty"):
            connection.admitted(keyid)
    connection.told_to_wait("app.patient", 7_000, 8_000, under=7)
    connection.told_to_wait("app.hasty", 7_000, 8_000, under=7)
    waits = [connection.waits_ms(keyid, 7_000, under=7, after=3) for keyid in ("app.patient", "app.hasty")]
    assert waits == [0, 1_000]


def test_a_connection_remembers_no_more_keys_than_few() -> None:
    connection = Connection("source:192.0.2.7")
    for number in range(20):
        connection.told_to_wait(f"app.{number}", 0, 5_000, under=7)
    assert [connection.waits_ms(f"app.{number}", 0, under=7, after=1) for number in (15, 16)] == [5_000, 0]


@pytest.mark.clause("10.1.2-1.1.1")
def test_what_follows_an_answer_happens_when_it_has_left_and_also_where_it_never_does() -> None:
    happened: list[str] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        environ["sandbox.afterwards"].append(lambda: happened.append("given back"))
        start_response("200", [("content-length", "0")])
        return [b""]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        happened.append(message["type"])

    async def hang_up(message: Any) -> None:
        raise ConnectionResetError

    async def play() -> None:
        bridge = WsgiBridge(application, Policy(), lambda refusal: None)
        scope = {
            "method": "GET", "raw_path": b"/", "query_string": b"", "headers": [], "http_version": "1.1",
            "scheme": "https",
            "state": {
                "whole": True, "connection": Connection("source:-"), "peer_certificate": None, "received_ns": 0,
            },
        }  # fmt: skip
        await bridge(scope, receive, send)
        with pytest.raises(ConnectionResetError):
            await bridge(scope, receive, hang_up)

    asyncio.run(play())
    assert happened == ["http.response.start", "http.response.body", "given back", "given back"]
