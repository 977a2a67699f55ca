"""What a browser makes of HTML without scripts: text, links and forms. Must not open connections."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from user_sim.form_reader import FormReader
from user_sim.forms import Form

_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
_HIDDEN = frozenset(("script", "style", "template", "head", "title"))
_INLINE = frozenset(
    ("a", "abbr", "b", "code", "data", "em", "i", "label", "mark", "output", "small", "span", "strong", "time")
)


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor: its visible text and its target as written."""

    text: str
    href: str


@dataclass(slots=True)
class Document:
    """A page's content. ``lines``: the visible text, a block element each, in reading order."""

    title: str = ""
    lang: str = ""
    lines: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read(html: str) -> Document:
    """Parse a page; malformed HTML yields what could be read."""
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    return reader.finished()


class _PageReader(HTMLParser):
    """Collects text and links; what belongs to forms goes to ``FormReader``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._document = Document()
        self._forms = FormReader()
        self._open: list[str] = []
        self._words: list[str] = []
        self._href: str | None = None
        self._link_words: list[str] = []

    def finished(self) -> Document:
        self._end_line()
        self._document.forms = self._forms.finished()
        return self._document

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "body":
            self._open.clear()
        if tag not in _VOID:
            self._open.append(tag)
        if tag not in _INLINE:
            self._end_line()
        if tag == "html":
            self._document.lang = attributes.get("lang", "")
        elif tag == "a":
            self._href = attributes.get("href")
            self._link_words.clear()
        self._forms.start(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag not in _INLINE:
            self._end_line()
        if tag == "a" and self._href is not None:
            self._document.links.append(Link(squeezed("".join(self._link_words)), self._href))
            self._href = None
        self._forms.end(tag)

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self._document.title += data.strip()
        if not self._forms.takes(data) and not _HIDDEN.intersection(self._open):
            self._words.append(data)
            self._link_words.append(data)

    def _end_line(self) -> None:
        line = squeezed("".join(self._words))
        self._words.clear()
        if line:
            self._document.lines.append(line)


def squeezed(text: str) -> str:
    """Text as shown: any white space is one blank."""
    return re.sub(r"\s+", " ", text).strip()
