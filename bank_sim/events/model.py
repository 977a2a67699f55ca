"""What an event is, as plain values, and which types of events there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

EventState = Literal["kept", "pending", "delivered", "dead"]
"""``kept``: the application has no address for events and may fetch it; ``dead``: given up, waiting to be replayed."""

STATES: tuple[EventState, ...] = get_args(EventState)

EventType = Literal[
    "consent.authorised",
    "consent.amended",
    "consent.revoked",
    "consent.expired",
    "consent.expiring",
    "api_services.closed",
    "application.status_changed",
    "application.notice",
    "interface.published",
    "interface.changed",
    "interface.deprecated",
    "interface.terminated",
    "key.announced",
    "key.retired",
    "key.revoked",
    "certificate.revoked",
    "sdk.released",
    "sdk.withdrawn",
    "transfer.executed",
    "transfer.rejected",
    "probe",
]

TYPES: frozenset[str] = frozenset(get_args(EventType))

Fact = str | int | bool | None
"""What a member of an event's data may be: an event is small and flat."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is stored. ``sequence`` counts the events of one application from 1, without a gap.

    ``tries``: how often it was posted since it was published or replayed; ``due_ms``: not to be posted before.
    """

    event_id: str
    app_id: str
    sequence: int
    type: str
    subject: str
    data: Mapping[str, Fact]
    occurred_ms: int
    state: EventState
    tries: int
    due_ms: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver, or a replay. ``outcome``: ``delivered``, ``answered``, ``unreachable`` and the like.

    ``status``: what the application answered; ``elapsed_ms``: how long that took. Both None where nothing was sent.
    """

    at_ms: int
    outcome: str
    status: int | None = None
    elapsed_ms: int | None = None
