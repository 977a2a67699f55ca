"""Messages to the bank as values, so that an attack is a message with one thing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bank_sim.edge.connection import Connection
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey


@dataclass(frozen=True, slots=True)
class Message:
    """A request before it is signed. ``extra`` replaces or adds headers after signing; None takes one away."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    key: PrivateKey | MacKey | None = None
    keyid: str = ""
    created_s: int = 0
    nonce: str = ""
    unsigned: frozenset[str] = frozenset()
    extra: Mapping[str, str | None] = field(default_factory=dict)
    repeated: tuple[tuple[str, str], ...] = ()
    sent_body: bytes | None = None
    certificate: bytes | None = None
    source: str = "127.0.0.1"
    connection: Connection | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``data`` is the JSON."""

    status: int
    headers: dict[str, str]
    body: bytes
    request_headers: dict[str, str]
    nonce: str

    @property
    def data(self) -> dict[str, Any]:
        return msgspec.json.decode(self.body)

    @property
    def code(self) -> str | None:
        """The problem's code; None for success."""
        return self.data.get("code") if self.status >= 400 else None
