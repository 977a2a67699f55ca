"""Calling from another network: somebody elsewhere who has a copy of an application's keys.

The machine's loopback is a whole /8, and a client may choose which of its addresses it calls from; to the bank these
are as far apart as real networks. Such a caller reaches the gateway without the box on the wire, which has an address
of its own. On systems that configure 127.0.0.1 alone, such as macOS, the others are to be added first
(``ifconfig lo0 alias 127.7.1.1``).
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from scenarios.wire import Record

if TYPE_CHECKING:
    from scenarios.stage import Stage


class Elsewhere(httpx.BaseTransport):
    """The way to the gateway from ``address``, an address of the loopback network; what passes is kept."""

    def __init__(self, stage: Stage, address: str) -> None:
        trust = ssl.create_default_context(cafile=stage.world.authority)
        self._record = Record(httpx.HTTPTransport(verify=trust, trust_env=False, local_address=address))
        self._record.messages = stage.wire.record.messages
        self._gateway = stage.wire.upstream
        stage.closing.callback(self.close)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sent as it was signed: under the gateway's public name, to the port that it listens on."""
        onward = httpx.Request(
            request.method,
            self._gateway.copy_with(raw_path=request.url.raw_path),
            headers=request.headers,
            content=request.read(),
            extensions=request.extensions,
        )
        return self._record.handle_request(onward)

    def close(self) -> None:
        self._record.close()
