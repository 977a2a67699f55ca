"""The way to the users' phones: one POST a message, over TLS."""

from __future__ import annotations

import http.client
import ssl
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bank_sim.messages.outbox import Message, MessageRefused
from bank_sim.sdk.protocol.trace_context import HEADER as TRACEPARENT
from bank_sim.sdk.tracing import Tracing, untraced

_POST_TIMEOUT_S = 5.0
# RFC 9110 section 15.5: a 4xx is the message's own fault and stays; these three only mean "not now".
_TRY_LATER = frozenset({408, 425, 429})


class SmsGateway:
    """Posts messages to the sandbox's phone over TLS, each on a connection of its own: they are few and far between."""

    def __init__(self, url: str, ca_certificate: Path, tracing: Tracing = untraced) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError(f"messages travel over TLS only: {url}")
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path or "/"
        self._tracing = tracing
        self._trust = ssl.create_default_context(cafile=str(ca_certificate))

    def deliver(self, message: Message) -> None:
        """POST one message. ``MessageRefused`` if the phone will not have it (4xx).

        ``OSError`` or ``HTTPException`` for every other answer than 2xx, and for none.
        """
        opened = http.client.HTTPSConnection(self._host, self._port, timeout=_POST_TIMEOUT_S, context=self._trust)
        with closing(opened) as connection, self._tracing("sms") as traceparent:
            headers = {"Content-Type": "application/json", TRACEPARENT: traceparent}
            connection.request("POST", self._path, msgspec.json.encode(message), headers)
            status = connection.getresponse().status
        if 400 <= status < 500 and status not in _TRY_LATER:
            raise MessageRefused(f"the phone answered {status}")
        if not 200 <= status < 300:
            raise http.client.HTTPException(f"the phone answered {status}")
