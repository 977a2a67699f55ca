"""A run as a document of events: messages and moments in the order in which they became known, and how it ended.

One thread adds, others read on from where they were. A recording holds nothing that the parties did not trace, and
nothing of how it is shown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from scenarios.stage import Moment
from scenarios.texts import Text
from scenarios.theatre.message import Message

if TYPE_CHECKING:
    from scenarios.registry import Scenario, Suite
    from scenarios.runner import Mode, Result

FORMAT = "bank-sandbox-run-1"
MESSAGES_MAX = 1_200
Phase = Literal["live", "starting", "playing", "ended"]
Event = Message | Moment


@dataclass(slots=True)
class Recording:
    """One run. ``name`` is what addresses call it; ``scenario`` is None for what people do in a running sandbox.

    ``epoch`` counts how often it was begun afresh: who has seen an older one has seen nothing.
    """

    name: str
    suite: Suite
    phase: Phase = "live"
    scenario: Scenario | None = None
    mode: Mode = "whole"
    result: Result | None = None
    epoch: int = 0
    begun_ns: int = field(default_factory=time.time_ns)
    _events: dict[int, Event] = field(default_factory=dict)
    _keys: dict[str, int] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, events: Iterable[Event]) -> None:
        """Take in what was seen; a message that is known already is left alone, and the oldest go."""
        with self._lock:
            for each in events:
                if isinstance(each, Message):
                    if each.key in self._keys:
                        continue
                    self._keys[each.key] = number = next(self._numbers)
                else:
                    number = next(self._numbers)
                self._events[number] = each
            while len(self._events) > MESSAGES_MAX:
                oldest = self._events.pop(next(iter(self._events)))
                if isinstance(oldest, Message):
                    del self._keys[oldest.key]

    def since(self, number: int) -> list[tuple[int, Event]]:
        """What became known after event ``number``, with the number of each."""
        with self._lock:
            return [(each, event) for each, event in self._events.items() if each > number]

    def begin_afresh(self) -> None:
        """Forget everything: an empty stage."""
        with self._lock:
            self._events.clear()
            self._keys.clear()
            self.epoch += 1
            self.begun_ns = time.time_ns()

    def finish(self, result: Result) -> None:
        """The play is over; its turns are now known."""
        self.add(result.moments)
        self.result = result
        self.phase = "ended"

    @property
    def events(self) -> list[Event]:
        """Everything, by the time at which it happened."""
        return sorted((event for _, event in self.since(0)), key=happened_ns)

    @property
    def messages(self) -> list[Message]:
        return [each for each in self.events if isinstance(each, Message)]

    def message(self, key: str) -> Message | None:
        """The message of that key; None if there is none, or no longer."""
        with self._lock:
            found = self._events.get(self._keys.get(key, 0))
        return found if isinstance(found, Message) else None

    @property
    def title(self) -> Text:
        if self.scenario is None:
            return Text("What happens in this sandbox", "沙箱实况")
        return Text(self.scenario.summary_en, self.scenario.summary_zh)

    @property
    def someone_on_the_line(self) -> bool:
        return any("line" in (each.sender, each.receiver, each.hearer) for each in self.messages)

    @property
    def several_applications(self) -> bool:
        """Whether it matters to say which application called."""
        return len({each.application.en for each in self.messages if each.application is not None}) > 1

    def document(self) -> dict[str, Any]:
        """The run as JSON takes it."""
        return {
            "format": FORMAT,
            "name": self.name,
            "suite": self.suite,
            "phase": self.phase,
            "begun_ns": self.begun_ns,
            "result": self.result.facts() if self.result is not None else None,
            "events": [_document_of(each) for each in self.events],
        }


def happened_ns(event: Event) -> int:
    """When it began, by the machine's clock."""
    return event.started_ns if isinstance(event, Message) else event.at_ns


def _document_of(event: Event) -> dict[str, Any]:
    if isinstance(event, Message):
        return {"what": "message", **event.facts()}
    return {"what": "moment", "at_ns": event.at_ns, "en": event.what.en, "zh": event.what.zh}
