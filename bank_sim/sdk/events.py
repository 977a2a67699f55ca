"""What an application checks before it believes an event: one table, read top to bottom (JR/T 0185 9.3.3-1).

Anybody can post to an application's server. An event counts only when the bank signed it, for this very address, just
now and once. What it says is then still no more than a hint: whoever is told of money asks the bank before acting.
This module keeps nothing: whether a nonce came before is for the application's own store to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.problems import (
    AUTHORITY_MISMATCH,
    EVENT_NOT_BY_BANK,
    NONCE_REPLAYED,
    PARAM_INVALID,
)
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature, read_signature
from bank_sim.sdk.protocol.signatures import require_coverage, require_fresh, verify_request

BODY_BYTES_MAX = 16_384
_COVERED = frozenset({"content-digest"})


class ReceivedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the bank, verified. Members that this build does not know are ignored, so that the bank may add some.

    ``event_id``     the same at each try to deliver it: act upon it once
    ``sequence``     counts the events of one application; a gap means that one is still to come. 0 for a ``probe``
    ``type``         such as ``consent.revoked``; ``subject`` is the identifier of what it is about
    ``occurred_at``  RFC 3339
    """

    event_id: str
    app_id: str
    sequence: int
    type: str
    subject: str
    occurred_at: str
    data: dict[str, str | int | bool | None]


@dataclass(slots=True)
class EventCase:
    """One posted message on its way through the checks, and what they hold it against.

    ``url``           the application's own address for events, as registered with the bank
    ``key_of``        the bank's public signing key by its kid; None for a key that is not the bank's
    ``is_new_nonce``  notes a nonce for as long as a message may be fresh; False if it was noted before
    """

    url: str
    app_id: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    key_of: Callable[[str], PublicKey | None]
    now_s: float
    window_s: int
    is_new_nonce: Callable[[str], bool]
    signature: ReceivedSignature | None = None
    event: ReceivedEvent | None = None

    def read(self) -> ReceivedSignature:
        """The message's signature, parsed once."""
        if self.signature is None:
            self.signature = read_signature(self.headers)
        return self.signature

    def request(self) -> Request:
        """What the bank must have signed: a POST to the registered address, whatever address the sender claims."""
        parts = urlsplit(self.url)
        return Request("POST", parts.netloc, parts.path or "/", parts.query, self.headers)

    def key(self) -> PublicKey:
        key = self.key_of(self.read().keyid)
        if key is None:
            raise EVENT_NOT_BY_BANK.problem("The event is signed with a key that is not the bank's.")
        return key


def _is_signed(case: EventCase) -> None:
    case.read()


def _is_by_the_bank(case: EventCase) -> None:
    case.key()


def _is_intact(case: EventCase) -> None:
    request = case.request()
    require_coverage(case.read(), request, _COVERED)
    verify_request(case.read(), request, case.key())
    require_digest(case.headers.get("content-digest"), case.body, case.key().suite)


def _is_fresh(case: EventCase) -> None:
    require_fresh(case.read(), case.now_s, case.window_s)


def _is_readable(case: EventCase) -> None:
    try:
        case.event = msgspec.convert(strict_json.parse_object(case.body), ReceivedEvent)
    except msgspec.ValidationError as error:
        raise PARAM_INVALID.problem(str(error)) from error


def _is_ours(case: EventCase) -> None:
    if known(case).app_id != case.app_id:
        raise AUTHORITY_MISMATCH.problem("The event is addressed to another application.")


def _is_once(case: EventCase) -> None:
    if not case.is_new_nonce(case.read().nonce):
        raise NONCE_REPLAYED.problem("This very message came before.")


def known(case: EventCase) -> ReceivedEvent:
    """The event, once it is read."""
    if case.event is None:
        raise LookupError("asked for before the event was read")
    return case.event


EVENT_CHECKS: CheckTable[EventCase] = CheckTable(
    [
        row("event_signed", _is_signed, "event", "7.2.2-2.1 7.2.2-2.3"),
        row("event_by_the_bank", _is_by_the_bank, "event", "9.3.3-3"),
        # Method, address and digest covered, the signature holds, the body is the digest's: before a byte is parsed.
        row("event_intact", _is_intact, "event", "7.2.2-2.1 9.3.3-1.1"),
        row("event_fresh", _is_fresh, "event", "7.2.2-2.1"),
        row("event_readable", _is_readable, "event", "9.3.3-1.1"),
        row("event_ours", _is_ours, "event", "9.3.3-1.1"),
        # Last, for a nonce burns only once all else holds: else strangers could burn it.
        row("event_once", _is_once, "event", "7.2.2-2.1 9.3.3-1.1"),
    ]
)

FOUNDATIONS = frozenset({"event_signed", "event_by_the_bank", "event_readable"})
"""Rows that later ones stand on: without them an event cannot be understood at all."""

CHECK_NAMES = frozenset(each.name for each in EVENT_CHECKS.rows) - FOUNDATIONS
"""The rows that a training run may leave out."""


def require_event(case: EventCase, weakened: frozenset[str] = frozenset()) -> ReceivedEvent:
    """The event that a posted message is; a ``Problem`` says why it is not to be believed."""
    if len(case.body) > BODY_BYTES_MAX:
        raise PARAM_INVALID.problem(f"An event is at most {BODY_BYTES_MAX} bytes long.")
    EVENT_CHECKS.run(case, "event", weakened)
    return known(case)
