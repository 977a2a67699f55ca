"""One search for one play's values: what it may look into, what it finds, and what it lets pass as allowed.

What an attacker sends is the attacker's to send: of an attack, requests are searched up to its beginning, answers
throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scenarios.canaries import Needles, Residue, Trace
from scenarios.residues.traffic import Half, halves
from scenarios.residues.trust import Place, Value, allowed
from scenarios.residues.unpacking import compressed

if TYPE_CHECKING:
    from scenarios.wire import Message


@dataclass(slots=True)
class Findings:
    """What was searched for one play, what lies where it must not, and what could not be searched."""

    values: int = 0
    files: int = 0
    bytes: int = 0
    messages: int = 0
    processes: int = 0
    seconds: float = 0.0
    residues: list[Residue] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """The findings as ``run --json`` prints them; no value stands in them."""
        plain = {name: getattr(self, name) for name in ("values", "files", "bytes", "messages", "processes", "unread")}
        return plain | {"found": [str(each) for each in self.residues], "seconds": round(self.seconds, 3)}


@dataclass(slots=True)
class Search:
    """The needles of one play, what was known before it, and what comes to light.

    ``known``: pairs of a value and a place; what was found there once is not this play's doing. ``typed``: values that
    somebody wrote into a form of the application.
    """

    values: dict[str, Value]
    needles: Needles
    known: set[tuple[str, str]]
    typed: set[str]
    findings: Findings = field(init=False)

    def __post_init__(self) -> None:
        self.findings = Findings(values=len(self.values))

    def look(self, place: Place, where: str, offset: int, content: bytes, *, packed: bool = True) -> None:
        """Note what must not lie in this place. Not ``packed``: base64 is not decoded, only known by its needles."""
        self._note_typed(place, content)
        traces = self.needles.anywhere_within(content) if packed else self._unpacked_alone(content)
        for trace in traces:
            value = self.values[trace.canary]
            if allowed(value, place, typed=value.text in self.typed) or (value.text, where) in self.known:
                continue
            self.known.add((value.text, where))
            self.findings.residues.append(Residue(value.name, trace.encoding, where, offset + trace.offset))

    def messages(
        self, place_of: Callable[[Message, Half], Place], messages: Sequence[Message], honest: int | None
    ) -> None:
        """Look into messages; the requests from number ``honest`` on are an attacker's own, none where it is None."""
        self.findings.messages += len(messages)
        for number, message in enumerate(messages):
            for half in halves(message):
                place = place_of(message, half)
                if half.is_request and honest is not None and number >= honest:
                    self._note_typed(place, half.content)
                    continue
                self.look(place, f"the {place}, {half.title}", 0, half.content)

    def _note_typed(self, place: Place, content: bytes) -> None:
        if place == "application's forms":
            self.typed.update(self.values[each.canary].text for each in self.needles.within(content))

    def _unpacked_alone(self, content: bytes) -> Iterator[Trace]:
        yield from self.needles.within(content)
        for layer in compressed(content):
            yield from self.needles.in_layer(layer)
