"""The bank with its gateway and its developer portal in one process; only the network is left out.

The portal's line is a function from bytes to bytes: here it hands them to the gateway's WSGI application.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from flask import Flask

from bank_sim import authserver, gateway, portal
from bank_sim.portal.exchange import Counter
from tests.bank_in_process import Founded, OpenedBank, hand_over

AUTHORITY = "localhost:8440"


class Office:
    """``line`` is what the portal sends its messages on; ``sent`` keeps them; ``line_now`` may take its
    place. ``ticks`` is the machine's clock."""

    def __init__(self, founded: Founded) -> None:
        self.config = founded.config
        self.founded = founded
        self._opened = OpenedBank(founded, gateway.DEFENCES | authserver.DEFENCES | portal.DEFENCES)
        self.bank, self.clock, self.switches = self._opened.bank, self._opened.clock, self._opened.switches
        self.gateway = gateway.create_app(self.bank, authserver.blueprint(self.bank))
        self.sent: list[bytes] = []
        self.line_now = self.line
        self.ticks = 0.0
        self.portal = portal.create_app(self.bank, lambda message: self.line_now(message), lambda: self.ticks)

    def line(self, message: bytes) -> bytes:
        """One request of the portal to the gateway and its answer, as bytes."""
        self.sent.append(message)
        return over(self.gateway, message)

    def with_config(self, **changes: Any) -> None:
        """The bank was set up otherwise."""
        bank = replace(self.bank, config=msgspec.structs.replace(self.bank.config, **changes))
        self.portal = portal.create_app(bank, lambda message: self.line_now(message), lambda: self.ticks)

    def counter(self) -> Counter:
        return Counter(self.line, AUTHORITY, self.bank.keys.jwks(), 300)

    def close(self) -> None:
        self._opened.close()


def over(app: Flask, message: bytes) -> bytes:
    """The bytes of a request through the application, as the edge hands them over, to the bytes of its answer."""
    head, _, body = message.partition(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = start.split(" ")
    path, _, query = target.partition("?")
    pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    status, headers, content = hand_over(app, method, path, query, pairs, body)
    answered = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*answered, "", ""]).encode("latin-1") + content
