"""What the inspection panel shows of one message: its checks with verdicts, its signatures, its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus

from bank_sim.sandbox.trace import Exchange
from bank_sim.sdk.protocol.suites import SUITES
from scenarios.messages import Half
from scenarios.standard.clauses import clauses
from scenarios.texts import Text
from scenarios.theatre.check_words import check_text
from scenarios.theatre.message import Message
from scenarios.theatre.readings import View, views_of

_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of a check table as it went. ``clauses``: id and summary of each."""

    name: str
    asks: Text
    state: str
    took_us: int
    code: str | None
    clauses: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """One half's signature. ``by_secret``: with App_Secret's HMAC; ``bound``: an answer's, to this very request."""

    part: str
    keyid: str
    algorithm: str
    by_secret: bool
    covered: tuple[str, ...]
    bound: bool
    created: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything about one message. ``raw_request`` and ``raw_answer`` are "" where no bytes were kept."""

    message: Message
    views: tuple[View, ...]
    checks: tuple[Judged, ...]
    signatures: tuple[Signed, ...]
    raw_request: str
    raw_answer: str
    trace_id: str
    at: str

    @property
    def held(self) -> int:
        return sum(each.state == "held" for each in self.checks)


def inspect(message: Message, suite: str) -> Inspection:
    """Prepare a message for the panel. ``suite``: the algorithms of the world it was sent in."""
    exchange, reading = message.exchange, message.reading
    halves = [("request", reading.request), ("answer", reading.answer)] if reading is not None else []
    return Inspection(
        message=message,
        views=views_of(message),
        checks=_judged(message),
        signatures=tuple(each for part, half in halves if (each := _signed(part, half, suite)) is not None),
        raw_request=_raw_request(exchange) if exchange is not None else "",
        raw_answer=_raw_answer(exchange) if exchange is not None and not message.one_way else "",
        trace_id=reading.trace_id or "" if reading is not None else "",
        at=moment(message.at_ms),
    )


def moment(at_ms: int) -> str:
    """Virtual time to the second, as clocks in Beijing show it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _judged(message: Message) -> tuple[Judged, ...]:
    known = clauses()
    return tuple(
        Judged(
            each.name,
            check_text(each.name),
            each.state,
            each.elapsed_ns // 1000,
            each.code,
            tuple((cited, known[cited].summary) for cited in each.clauses if cited in known),
        )
        for each in message.verdicts
    )


def _signed(part: str, half: Half, suite: str) -> Signed | None:
    signature = half.signature
    if signature is None:
        return None
    by_secret = signature.keyid.endswith(".secret")
    algorithms = SUITES["intl" if suite == "intl" else "gm"]
    return Signed(
        part=part,
        keyid=signature.keyid,
        algorithm=algorithms.mac_algorithm if by_secret else algorithms.signature_algorithm,
        by_secret=by_secret,
        covered=tuple(each.lstrip("@") for each in signature.covered if ";req" not in each),
        bound=any(";req" in each for each in signature.covered),
        created=moment(signature.created_s * 1000),
        nonce=signature.nonce,
    )


def _raw_request(exchange: Exchange) -> str:
    head = [f"{exchange.method} {exchange.target} HTTP/1.1", *(f"{n}: {v}" for n, v in exchange.request_headers)]
    return _message(head, exchange.request_body)


def _raw_answer(exchange: Exchange) -> str:
    try:
        phrase = HTTPStatus(exchange.status).phrase
    except ValueError:
        phrase = ""
    head = [f"HTTP/1.1 {exchange.status} {phrase}", *(f"{n}: {v}" for n, v in exchange.answer_headers)]
    return _message(head, exchange.answer_body)


def _message(head: list[str], body: str) -> str:
    return "\n".join(head) + (f"\n\n{body}" if body else "")
