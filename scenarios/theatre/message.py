"""One message between two parties as the theatre knows it. How it is shown, it does not know."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from bank_sim.sandbox.trace import Exchange
from bank_sim.sdk.protocol.checktable import Verdict
from scenarios.messages import Half, Reading
from scenarios.texts import Text
from scenarios.theatre.lanes import Lane
from scenarios.theatre.sources import Visit

Kind = Literal["api", "oauth", "bank_page", "application_page", "phone_page", "sms", "device", "event"]


@dataclass(frozen=True, slots=True)
class Change:
    """A member that somebody on the line changed."""

    member: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Message:
    """A request and its answer. ``*_ns``: the machine's time since 1970; ``at_ms``: virtual time.

    ``asks``, ``answers``  what the two say, for people; ``technical`` for those who know HTTP
    ``code``               of the refusal that the answer is, else None
    ``application``        the name of the application that called, in both languages
    ``exchange``           what the bank traced; None for a visit to somebody else's page
    ``altered``            what the line changed in the request before it arrived
    ``fault``              the sandbox's faults that befell it, as the bank names them
    ``one_way``            it has no answer of its own: the line took it and passed on something else
    """

    key: str
    kind: Kind
    sender: Lane
    receiver: Lane
    at_ms: int
    started_ns: int
    ended_ns: int
    asks: Text
    answers: Text
    technical: str
    status: int
    code: str | None = None
    application: Text | None = None
    reading: Reading | None = None
    exchange: Exchange | None = None
    visit: Visit | None = None
    altered: tuple[Change, ...] = ()
    one_way: bool = False
    fault: str = ""
    answer_to: Lane | None = None

    @property
    def hearer(self) -> Lane:
        """Who gets the answer: the sender, unless somebody on the line sees to it that it is not."""
        return self.answer_to or self.sender

    @property
    def elapsed_ms(self) -> float:
        return (self.ended_ns - self.started_ns) / 1e6

    @property
    def verdicts(self) -> list[Verdict]:
        return self.exchange.verdicts if self.exchange is not None else []

    @property
    def request_marks(self) -> tuple[str, ...]:
        """How the request is protected above TLS: ``signed`` or ``mac``, ``sealed``, ``token``."""
        bearer = self.exchange is not None and any(
            n.lower() == "authorization" for n, _ in self.exchange.request_headers
        )
        return (*_marks(self.reading.request if self.reading else None), *(("token",) if bearer else ()))

    @property
    def answer_marks(self) -> tuple[str, ...]:
        return _marks(self.reading.answer if self.reading else None)

    @property
    def refused(self) -> bool:
        """Turned down: a refusal of the catalogue, or any answer of HTTP's 4xx and 5xx."""
        return self.code is not None or self.status >= HTTPStatus.BAD_REQUEST

    def facts(self) -> dict[str, Any]:
        """The message as a run's document holds it."""
        return {
            "key": self.key,
            "kind": self.kind,
            "from": self.sender,
            "to": self.receiver,
            "at_ms": self.at_ms,
            "started_ns": self.started_ns,
            "ended_ns": self.ended_ns,
            "asks": {"en": self.asks.en, "zh": self.asks.zh},
            "answers": {"en": self.answers.en, "zh": self.answers.zh},
            "technical": self.technical,
            "status": self.status,
            "code": self.code,
            "fault": self.fault,
            "request_marks": self.request_marks,
            "answer_marks": self.answer_marks,
            "verdicts": [
                {"check": v.name, "state": v.state, "us": v.elapsed_ns // 1000, "code": v.code, "clauses": v.clauses}
                for v in self.verdicts
            ],
        }


def _marks(half: Half | None) -> tuple[str, ...]:
    if half is None:
        return ()
    signed = () if half.signature is None else ("mac",) if "HMAC" in half.signature.kind else ("signed",)
    return (*signed, *(("sealed",) if half.sealed_chars else ()))
