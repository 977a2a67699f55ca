"""Draws a recording as steps of the diagram: which arrows there are, in which order, and what each is called.

A step is a request or an answer. Left out is what a reader would not miss: a browser being sent on to the next page,
and the asking for that page; what the user gets to see in the end is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from scenarios.stage import Moment
from scenarios.texts import Text
from scenarios.theatre import words
from scenarios.theatre.lanes import Lane
from scenarios.theatre.message import Message
from scenarios.theatre.recording import Event, Recording

# A page that is only ever reached because the bank sent the browser there.
_SENT_TO = frozenset({"GET /authorize/step"})
_ORDER: tuple[Lane, ...] = ("user", "application", "line", "bank", "phone")
PARTY_OF: dict[Lane, str] = {
    "user": "user", "application": "wallet", "line": "attacker", "bank": "bank", "phone": "phone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow. ``at_us``: since the recording began; ``technical`` is "" where the words say it all."""

    part: Literal["request", "answer"]
    message: Message
    sender: Lane
    receiver: Lane
    says: Text
    technical: str
    marks: tuple[str, ...]
    at_us: int

    @property
    def rightwards(self) -> bool:
        return _ORDER.index(self.sender) < _ORDER.index(self.receiver)

    @property
    def bad(self) -> bool:
        """An answer that refuses or that a fault befell, or a request that an attacker made."""
        return self.message.refused or bool(self.message.fault) if self.part == "answer" else self.sender == "line"


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment that the play names."""

    what: Text
    at_us: int


def steps_of(recording: Recording, events: Iterable[Event]) -> list[Step | Turn]:
    """The steps of these events, by time."""
    steps: list[Step | Turn] = []
    for each in events:
        if isinstance(each, Moment):
            steps.append(Turn(each.what, _since(recording, each.at_ns)))
        else:
            steps += _of_message(recording, each)
    return sorted(steps, key=lambda step: step.at_us)


def _of_message(recording: Recording, message: Message) -> list[Step]:
    steps = []
    if message.technical not in _SENT_TO or message.refused:
        steps.append(
            Step(
                "request",
                message,
                message.sender,
                message.receiver,
                message.asks,
                message.technical,
                message.request_marks,
                _since(recording, message.started_ns),
            )
        )
    if not message.one_way and message.kind != "sms" and (message.refused or message.answers is not words.NEXT_PAGE):
        steps.append(
            Step(
                "answer",
                message,
                message.receiver,
                message.hearer,
                message.answers,
                " ".join(each for each in (str(message.status), message.code, message.fault) if each),
                message.answer_marks,
                _since(recording, message.ended_ns),
            )
        )
    return steps


def _since(recording: Recording, at_ns: int) -> int:
    return (at_ns - recording.begun_ns) // 1000
