"""The courier posts to whoever an application names, so it trusts neither the address nor what answers there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bank_sim.events.courier import Courier
from bank_sim.events.destinations import DESTINATIONS, Destination, require_public_literal
from bank_sim.events.message import Message, signed
from bank_sim.sdk.protocol import keypairs
from scenarios.authority import Authority
from tests.bank_in_process import MORNING_S

Answer = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ca")
    Authority.mint(folder, b"a passphrase", datetime.fromtimestamp(MORNING_S, UTC))
    return folder / "ca.crt"


@contextmanager
def listening(answer: Answer) -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback that takes one message; yields its port, and what it was sent."""
    seen: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            with closing(server.accept()[0]) as connection:
                seen.append(connection.recv(65_536))
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], seen
        finally:
            thread.join()


INNER = [
    "169.254.169.254", "224.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "[fe80::1]",
    "[fd00::1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
    "[fec0::1]", "[64:ff9b:1::a9fe:a9fe]", "[::169.254.169.254]", "[::ffff:0:169.254.169.254]",
]  # fmt: skip


def leading_to(address: str) -> Callable[..., list[Any]]:
    """A resolver that an attacker answers for: whatever name is asked for leads there."""
    return lambda name, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def says(answer: bytes) -> Answer:
    return lambda connection: connection.sendall(answer)


def message(port: int, scheme: str = "http") -> Message:
    return signed(f"{scheme}://shop.localhost:{port}/events?a=1", b"{}", keypairs.generate("gm", "sig"), MORNING_S)


def test_a_message_is_posted_as_it_was_signed(authority: Path) -> None:
    with listening(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as (port, seen):
        receipt = Courier(authority, []).post(message(port))
    assert (receipt.outcome, receipt.status) == ("delivered", 204)
    head = seen[0].decode()
    assert head.startswith("POST /events?a=1 HTTP/1.1\r\n")
    assert f"host: shop.localhost:{port}\r\n" in head.lower()
    assert head.lower().count("\r\nhost:") == 1
    assert "signature-input: sig1=" in head.lower()


def test_a_redirect_is_an_answer_and_not_followed(authority: Path) -> None:
    with listening(says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")) as (port, _):
        receipt = Courier(authority, []).post(message(port))
    assert (receipt.outcome, receipt.status) == ("answered", 302)


def test_whoever_answers_without_end_is_cut_off(authority: Path) -> None:
    def without_end(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        with suppress(ConnectionError):
            while connection.recv(1024):
                pass

    with listening(without_end) as (port, _):
        receipt = Courier(authority, [], whole_timeout_s=0.1).post(message(port))
    assert (receipt.outcome, receipt.status) == ("timed_out", None)


def test_nothing_is_posted_to_the_banks_own_listeners(authority: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        assert Courier(authority, [port]).post(message(port)).outcome == "address_refused"
        with pytest.raises(BlockingIOError):
            server.accept()
    with listening(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as (port, _):
        weak = Courier(authority, [port], weakened=lambda: frozenset({"events_to_a_server"}))
        assert weak.post(message(port)).outcome == "delivered"


def test_nor_to_them_by_another_spelling_of_their_address(authority: Path) -> None:
    posted = replace(message(80), url="http://[::ffff:127.0.0.1]:80/events")
    assert Courier(authority, [80]).post(posted).outcome == "address_refused"


@pytest.mark.parametrize("host", INNER)
def test_nothing_is_posted_to_inner_addresses_nor_to_those_of_no_server(authority: Path, host: str) -> None:
    posted = replace(message(80), url=f"http://{host}/events")
    assert Courier(authority, []).post(posted).outcome == "address_refused"


def test_what_speaks_no_tls_or_is_not_there_is_unreachable(authority: Path) -> None:
    with listening(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as (port, _):
        assert Courier(authority, []).post(message(port, "https")).outcome == "unreachable"
    assert Courier(authority, []).post(message(port)).outcome == "unreachable"


@pytest.mark.clause("7.3.2-1")
def test_a_name_that_leads_inside_is_refused_at_the_moment_of_sending(authority: Path) -> None:
    with listening(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as (port, seen):
        posted = replace(message(port), url=f"http://shop.example:{port}/events")
        courier = Courier(authority, [], resolve=leading_to("127.0.0.1"))
        assert courier.post(posted).outcome == "address_refused"
        assert seen == []
        weak = frozenset({"events_to_the_public"})
        courier = Courier(authority, [], resolve=leading_to("127.0.0.1"), weakened=lambda: weak)
        assert courier.post(posted).outcome == "delivered"


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "127.0.0.1", "::1"])
def test_public_addresses_and_this_machine_by_its_own_name_are_fit(host: str) -> None:
    DESTINATIONS.run(Destination(host, host, 443), "post")
    require_public_literal(host)
