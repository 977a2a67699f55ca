"""The virtual wire: what was sent and has not arrived yet, as letters in a bag. Who takes which letter next is decided
outside, so letters overtake each other, are lost, come twice or late, and are read and copied by whoever sits there.

It holds no key and judges nothing. A sender waits for an answer for as long as its own patience says, and no longer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import httpx

from scenarios.simulation.turns import Turns, Work

Kind = Literal["request", "answer"]
Headers = list[tuple[str, str]]
_PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` 0: the connection broke."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


BROKEN = Answer(0, [], b"")


@dataclass(slots=True)
class Letter:
    """A message under way, or the answer to one.

    ``number``    counts what was sent since the beginning
    ``heed``      takes the answer; None for a copy that nobody waits for
    ``hostile``   why nobody may be served who sends this: "" for what a party has sent
    ``sent_s``    when it was sent, by the world's time; ``due_s``: not before then
    """

    number: int
    kind: Kind
    sender: str
    receiver: str
    method: str
    target: str
    headers: Headers
    body: bytes
    sent_s: float
    due_s: float
    heed: Callable[[Answer], None] | None = None
    hostile: str = ""
    answer: Answer | None = None

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(slots=True)
class _Wait:
    """A sender who waits: until then, for that letter."""

    work: Work
    until_s: float
    letter: Letter


@dataclass(slots=True)
class Wire:
    """All letters under way, oldest first, and who waits for which. ``parties``: the name behind an origin."""

    turns: Turns
    now_s: Callable[[], float]
    parties: dict[str, str]
    under_way: list[Letter] = field(default_factory=list)
    waiting: dict[int, _Wait] = field(default_factory=dict)
    sent: int = 0
    on_sent: Callable[[Letter], None] = lambda _: None

    def line_of(self, party: str) -> Line:
        """How a party sends: the transport of its client."""
        return Line(self, party)

    def send(self, sender: str, request: httpx.Request, heed: Callable[[Answer], None] | None) -> Letter:
        """Put a request into the bag."""
        origin = f"{request.url.scheme}://{request.url.host}"
        origin += f":{request.url.port}" if request.url.port else ""
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.headers.raw]
        self.sent += 1
        letter = Letter(
            self.sent, "request", sender, self.parties[origin], request.method, request.url.raw_path.decode(), headers,
            request.read(), self.now_s(), self.now_s(), heed,
        )  # fmt: skip
        self.under_way.append(letter)
        self.on_sent(letter)
        return letter

    def copy(self, letter: Letter, hostile: str, **changes: Any) -> Letter:
        """Put a request into the bag that nobody waits for: an old one, or one like it."""
        self.sent += 1
        now_s = self.now_s()
        made = replace(letter, number=self.sent, heed=None, hostile=hostile, answer=None, due_s=now_s, **changes)
        self.under_way.append(made)
        return made

    def reply(self, letter: Letter, answer: Answer) -> Letter | None:
        """Put the answer to a request into the bag, where anybody waits for one."""
        if letter.heed is None:
            return None
        self.sent += 1
        back = replace(letter, number=self.sent, kind="answer", answer=answer, due_s=self.now_s())
        self.under_way.append(back)
        return back

    def take(self, letter: Letter) -> None:
        self.under_way.remove(letter)

    def impatient(self) -> _Wait | None:
        """The sender who has waited too long, the oldest first."""
        now_s = self.now_s()
        return next((each for each in self.waiting.values() if each.until_s <= now_s), None)

    def give_up(self, wait: _Wait) -> None:
        """Tell a sender that no answer has come; one that comes later finds nobody."""
        self._end(wait, error=httpx.ReadTimeout("no answer came"))

    def wait_for_answer(self, request: httpx.Request, sender: str) -> httpx.Response:
        """Send for the work whose turn it is, and give the turn back until an answer has come, or none."""
        work = self.turns.current
        assert work is not None, "only work that can wait may send"
        letter = self.send(sender, request, lambda answer: self._answered(letter.number, answer))
        patience_s = (request.extensions.get("timeout") or {}).get("read") or _PATIENCE_S
        self.waiting[letter.number] = _Wait(work, self.now_s() + patience_s, letter)
        try:
            answer: Answer = self.turns.wait(work)
        finally:
            self.waiting.pop(letter.number, None)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)

    def _answered(self, number: int, answer: Answer) -> None:
        wait = self.waiting.get(number)
        if wait is None:
            return
        if answer is BROKEN:
            self._end(wait, error=httpx.RemoteProtocolError("the connection broke"))
        else:
            del self.waiting[number]
            self.turns.go_on(wait.work, answer)

    def _end(self, wait: _Wait, error: Exception) -> None:
        del self.waiting[wait.letter.number]
        self.turns.go_on(wait.work, error=error)


class Line(httpx.BaseTransport):
    """One party's way to all others."""

    def __init__(self, wire: Wire, party: str) -> None:
        self._wire, self._party = wire, party

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._wire.wait_for_answer(request, self._party)
