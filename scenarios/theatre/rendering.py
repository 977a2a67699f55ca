"""Fills the theatre's templates: whole pages, and the parts of them that stream and export need by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from jinja2 import Environment
from markupsafe import Markup

from bank_sim.web.language import HTML_LANGUAGE, Language
from scenarios.texts import Text
from scenarios.theatre.check_words import check_text
from scenarios.theatre.drawing import PARTY_OF, steps_of
from scenarios.theatre.inspection import inspect
from scenarios.theatre.lanes import LANES, WHAT_THEY_ARE
from scenarios.theatre.message import Message
from scenarios.theatre.recording import Event, Recording
from scenarios.theatre.texts import TEXTS

Link = Callable[[Message], str]
# Some recordings' worth of events in two languages.
DRAWN_MAX = 6_000
_drawn: dict[tuple[str, int, int, bool, str], list[tuple[int, str]]] = {}
OTHER: dict[Language, tuple[Language, str]] = {"zh": ("en", "English"), "en": ("zh", "中文")}


class Words:
    """The page's own words in one language: ``w.live``."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __getattr__(self, name: str) -> str:
        try:
            return TEXTS[name].in_(self._language)
        except KeyError:
            raise AttributeError(name) from None


def context(language: str) -> dict[str, Any]:
    """What every template has: words, the language, and how to say a ``Text`` in it."""
    mine = cast(Language, language)
    other, other_name = OTHER[mine]
    return {
        "w": Words(language),
        "lang": language,
        "html_language": HTML_LANGUAGE[mine],
        "other": other,
        "other_html_language": HTML_LANGUAGE[other],
        "other_name": other_name,
        "say": lambda text: text.in_(language) if isinstance(text, Text) else text,
        "lanes": LANES,
        "what_they_are": WHAT_THEY_ARE,
        "party_of": PARTY_OF,
        "check_text": check_text,
    }


def link_within(recording: Recording) -> Link:
    """Where a message of a recording is inspected."""
    return lambda message: f"/runs/{recording.name}/messages/{message.key}"


def rows(environment: Environment, recording: Recording, after: int, language: str) -> tuple[str, int]:
    """The steps of what became known after event ``after`` as list items, and the number of the newest event."""
    events = recording.since(after)
    if not events:
        return "", after
    return drawn(environment, recording, events, language), events[-1][0]


def drawn(environment: Environment, recording: Recording, events: Sequence[tuple[int, Event]], language: str) -> Markup:
    """The steps of numbered events as list items, by time. An event does not change, so each is drawn once."""
    several = recording.several_applications
    if len(_drawn) > DRAWN_MAX:
        _drawn.clear()
    steps: list[tuple[int, str]] = []
    for number, event in events:
        key = (recording.name, recording.begun_ns, number, several, language)
        found = _drawn.get(key)
        if found is None:
            found = _drawn[key] = _steps_drawn(environment, recording, event, several, language)
        steps += found
    steps.sort(key=lambda step: step[0])
    # Rendered by the same environment, which escapes whatever came from outside.
    return Markup("".join(html for _, html in steps))  # noqa: S704


def _steps_drawn(
    environment: Environment, recording: Recording, event: Event, several: bool, language: str
) -> list[tuple[int, str]]:
    template = environment.get_template("rows.html")
    words, link = context(language), link_within(recording)
    return [
        (step.at_us, template.render(steps=[step], link=link, several=several, **words))
        for step in steps_of(recording, [event])
    ]


def ending(environment: Environment, recording: Recording, language: str) -> str:
    """How the run stands: that it is starting, or how it ended."""
    return environment.get_template("ending.html").render(recording=recording, **context(language))


def panel(environment: Environment, recording: Recording, message: Message, language: str, *, linked: bool) -> Markup:
    """The inspection of one message. ``linked``: with links to the clause lens, which an exported file lacks."""
    seen = inspect(message, recording.suite)
    html = environment.get_template("panel.html").render(seen=seen, linked=linked, **context(language))
    # Rendered by the same environment, which escapes whatever came from outside.
    return Markup(html)  # noqa: S704
