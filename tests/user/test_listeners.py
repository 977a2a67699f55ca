"""The listeners of all faces take the same TLS: what sslyze is told to find in ``make security``, for each change."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from scenarios.world import World

FACES = ("gateway", "pages", "wallet", "phone", "console")


def _handshake(world: World, face: str, ciphers: str) -> str:
    """The cipher suite agreed upon with a client that offers these under TLS 1.2."""
    place = urlsplit(world.addresses.urls()[face])  # type: ignore[literal-required]
    context = ssl.create_default_context(cafile=world.authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    with socket.create_connection(("127.0.0.1", place.port), timeout=5) as connection:
        with context.wrap_socket(connection, server_hostname=place.hostname) as channel:
            agreed = channel.cipher()
    assert agreed is not None
    return agreed[0]


@pytest.mark.clause("9.2.2-3.1")
@pytest.mark.parametrize("face", FACES)
def test_below_tls_1_3_records_are_sealed_and_keys_forgotten(world: World, face: str) -> None:
    assert _handshake(world, face, "ECDHE+AESGCM") == "ECDHE-ECDSA-AES256-GCM-SHA384"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        _handshake(world, face, "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256")
