"""An event as it goes out: one POST, signed by the bank as its answers are (RFC 9421). It sends nothing itself.

The signature covers method, host, path and the body's digest, so that an event posted to one application proves nothing
at another, and is made anew at each try: its nonce tells a try that comes twice from an event that comes twice.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bank_sim.clock import rfc3339
from bank_sim.events.model import Event
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request

_NONCE_BYTES = 18


@dataclass(frozen=True, slots=True)
class Message:
    """A POST to ``url``; header names are lower-case."""

    url: str
    headers: dict[str, str]
    body: bytes = field(repr=False)

    def altered(self, body: bytes) -> Message:
        """Another body under the same headers, as somebody on the way would make it."""
        return replace(self, body=body)


def document_of(event: Event) -> dict[str, Any]:
    """The event as applications read it: ``event_id app_id sequence type subject occurred_at data``."""
    return {
        "event_id": event.event_id,
        "app_id": event.app_id,
        "sequence": event.sequence,
        "type": event.type,
        "subject": event.subject,
        "occurred_at": rfc3339(event.occurred_ms / 1000),
        "data": dict(event.data),
    }


def body_of(event: Event) -> bytes:
    """The same as JSON."""
    return msgspec.json.encode(document_of(event))


def signed(url: str, body: bytes, key: PrivateKey, now_s: float) -> Message:
    """The message that posts ``body``, signed with a key of the bank, whose ``kid`` names it."""
    parts = urlsplit(url)
    headers = {
        "host": authority_of(url),
        "content-type": "application/json",
        "content-digest": content_digest(key.suite, body),
    }
    request = Request("POST", headers["host"], parts.path or "/", parts.query, headers)
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return Message(url, headers | sign_request(request, key, key.kid, int(now_s), nonce), body)


def authority_of(url: str) -> str:
    """Host and port as the ``Host`` header carries them, without the port that https has anyway."""
    return urlsplit(url).netloc.lower().removesuffix(":443")
