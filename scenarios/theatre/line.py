"""What became of a message on the way to the bank, where a scenario lets somebody sit on the line.

Compared is what arrived at the middlebox with what it passed on. Where both are the same there is nobody to be seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bank_sim.sandbox import redaction
from scenarios.middlebox import Arrival, Middlebox
from scenarios.texts import Text
from scenarios.theatre.message import Change, Message
from scenarios.wire import Message as OnTheWire

REPLAYED = Text("Sent once more by the attacker, byte for byte", "攻击者将同一报文原样重发")
ALTERED = Text("Passed on, changed", "篡改后转发")
LOST = Text("The answer is lost on the way", "应答在途中丢失")
_SIGNATURE = "signature-input"


class Line:
    """The middlebox of one world, seen message by message in the order in which the bank got them."""

    def __init__(self, box: Middlebox) -> None:
        self._box = box
        self._met: Counter[str] = Counter()

    def seen(self, message: Message) -> list[Message]:
        """The message as it was, or as the line made it: taken and passed on changed, repeated, its answer kept."""
        signature = _signature_of(message)
        if not signature:
            return [message]
        number = self._met[signature]
        self._met[signature] += 1
        arrivals = [each for each in self._box.arrived if each.request.headers.get(_SIGNATURE) == signature]
        passed_on = [each for each in self._box.record.messages if each.request.headers.get(_SIGNATURE) == signature]
        if number >= len(arrivals):
            # Nobody sent it a second time but the line itself.
            return [replace(message, sender="line", asks=REPLAYED)] if arrivals else [message]
        arrival = arrivals[number]
        changes = _changes(arrival, passed_on[number]) if number < len(passed_on) else ()
        if changes:
            return [_as_sent(message, arrival), replace(message, sender="line", asks=ALTERED, altered=changes,
                                                        answer_to="application")]  # fmt: skip
        if not arrival.answered and number < len(passed_on):
            return [replace(message, answer_to="line", answers=Text(f"{message.answers.en}. {LOST.en}",
                                                                    f"{message.answers.zh}。{LOST.zh}"))]  # fmt: skip
        return [message]


def _signature_of(message: Message) -> str:
    if message.exchange is None or message.exchange.door != "gateway":
        return ""
    return next((value for name, value in message.exchange.request_headers if name.lower() == _SIGNATURE), "")


def _as_sent(message: Message, arrival: Arrival) -> Message:
    """The message up to the line, with the body that its sender gave it."""
    assert message.exchange is not None
    kind = arrival.request.headers.get("content-type", "")
    body = redaction.machine_body(kind, arrival.body)
    sent = replace(message.exchange, request_body=body, request_bytes=len(arrival.body), verdicts=[], opened={})
    return replace(
        message,
        key=f"{message.key}-sent",
        receiver="line",
        ended_ns=message.started_ns,
        started_ns=min(arrival.at_ns, message.started_ns - 1),
        exchange=sent,
        one_way=True,
        code=None,
        status=0,
    )


def _changes(arrival: Arrival, passed_on: OnTheWire) -> tuple[Change, ...]:
    if arrival.body == passed_on.body:
        return ()
    before, after = _members(arrival.body), _members(passed_on.body)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    shown = [Change(name, str(before.get(name, "–")), str(after.get(name, "–"))) for name in names]
    return tuple(shown) or (Change("body", f"{len(arrival.body)} bytes", f"{len(passed_on.body)} bytes"),)


def _members(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return redaction.members(parsed) if isinstance(parsed, dict) else {}
