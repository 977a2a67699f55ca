"""Turns and the wire: one piece of work at a time, which waits, is woken, dies with its party."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bank_sim.sdk.protocol.keypairs import generate
from scenarios.simulation.chance import seeded
from scenarios.simulation.instants import World
from scenarios.simulation.turns import PartyGone, TurnLock, Turns, Work
from scenarios.simulation.wire import BROKEN, Answer, Wire

PEER = "https://peer.example"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def turns(world: World) -> Iterator[Turns]:
    opened = Turns(lambda: world.now_s)
    yield opened
    opened.close()


@pytest.fixture
def wire(turns: Turns, world: World) -> Wire:
    return Wire(turns, lambda: world.now_s, {PEER: "peer"})


def _ignore(_: Work) -> None:
    """Nobody waits for the end."""


def _asks(wire: Wire) -> Work:
    def ask() -> int:
        with httpx.Client(transport=wire.line_of("me"), timeout=10) as client:
            return client.get(f"{PEER}/thing").status_code

    return wire.turns.begin("me", "ask", ask, _ignore)


def test_work_goes_on_when_its_answer_has_come(wire: Wire) -> None:
    work = _asks(wire)
    (letter,) = wire.under_way
    assert (letter.sender, letter.receiver, letter.target, work.is_over) == ("me", "peer", "/thing", False)
    wire.take(letter)
    answer = wire.reply(letter, Answer(204, [], b""))
    assert answer is not None
    assert answer.heed is not None
    answer.heed(Answer(204, [], b""))
    assert (work.is_over, work.result) == (True, 204)


def test_who_has_waited_too_long_gives_up_and_hears_no_late_answer(wire: Wire, world: World) -> None:
    work = _asks(wire)
    (letter,) = wire.under_way
    assert wire.impatient() is None
    world.pass_by(10)
    wait = wire.impatient()
    assert wait is not None
    wire.give_up(wait)
    assert isinstance(work.error, httpx.ReadTimeout)
    assert letter.heed is not None
    letter.heed(Answer(200, [], b""))
    assert isinstance(work.error, httpx.ReadTimeout)


def test_a_broken_connection_is_an_error_of_the_network(wire: Wire) -> None:
    work = _asks(wire)
    heed = wire.under_way[0].heed
    assert heed is not None
    heed(BROKEN)
    assert isinstance(work.error, httpx.RemoteProtocolError)


def test_work_dies_with_its_party_and_no_other(wire: Wire, turns: Turns) -> None:
    mine, theirs = _asks(wire), turns.begin("they", "sleep", lambda: turns.sleep(5), _ignore)
    turns.kill("me")
    assert isinstance(mine.error, PartyGone)
    assert not theirs.is_over


def test_who_sleeps_is_woken_in_virtual_time(turns: Turns, world: World) -> None:
    work = turns.begin("me", "sleep", lambda: turns.sleep(3), _ignore)
    assert turns.next_ready() is None
    world.pass_by(3)
    assert turns.next_ready() is work


def test_who_wants_a_held_lock_waits_for_it_and_stops_nobody(turns: Turns) -> None:
    lock, held = TurnLock(turns), []

    def hold() -> None:
        with lock:
            turns.sleep(100)

    def want() -> None:
        with lock:
            held.append("second")

    first, second = turns.begin("me", "hold", hold, _ignore), turns.begin("me", "want", want, _ignore)
    assert not lock.acquire(blocking=False)
    assert (first.is_over, second.is_over, turns.next_ready()) == (False, False, None)
    turns.go_on(first)
    assert turns.next_ready() is second
    turns.go_on(second)
    assert (held, second.is_over, lock.locked()) == (["second"], True, False)


@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_a_seed_gives_the_same_keys_and_signatures(suite: str) -> None:
    def drawn(seed: int) -> tuple[str, bytes]:
        with seeded(seed):
            key = generate(suite, "sig")
            return key.kid, key.sign(b"a message")

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_behind_the_block_chance_is_chance_again() -> None:
    def drawn_behind_a_block() -> str:
        with seeded(1):
            generate("gm", "sig")
        return generate("gm", "sig").kid

    assert drawn_behind_a_block() != drawn_behind_a_block()
