"""What a browser is to those who use one: it opens pages, follows links, fills in forms and shows what came of it.

Two forms of it exist: ``http_browser`` without scripts or pictures, fast and open to attackers on its wire; and
``chromium``, a real one, in a window or without. Whoever walks pages uses this interface and cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import httpx

from user_sim import pages
from user_sim.forms import Answers, Button, Form
from user_sim.origins import Location

Device = Literal["computer", "phone"]


class NavigationBlocked(Exception):
    """The browser itself refuses: a redirect without end, or a form that the page's policy keeps in."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of the browser and its answer, for narration: no query, no body, nothing secret."""

    method: str
    host: str
    path: str
    status: int
    title: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as shown: where it lies, how it was answered, and its content."""

    location: Location
    status: int
    headers: httpx.Headers
    document: pages.Document

    @property
    def text(self) -> str:
        return self.document.text

    def form_with(self, *names: str) -> Form | None:
        """The first form that has all these fields or buttons."""
        return next((form for form in self.document.forms if form.names() >= set(names)), None)


OnVisit = Callable[[Visit], None]
# Opens a browser of its own, with nothing remembered: the device it is on, the languages preferred, who hears of it.
Opener = Callable[[Device, str, OnVisit | None], "Browser"]


class Browser(Protocol):
    """One user's browser with one window."""

    @property
    def page(self) -> Page | None:
        """The page shown; None before the first."""
        ...

    def open(self, url: str) -> Page:
        """Type an address, or choose a bookmark."""
        ...

    def follow(self, href: str) -> Page:
        """Click a link of the page shown; ``href`` as written in it."""
        ...

    def submit(self, form: Form, answers: Answers, button: Button | None = None) -> Page:
        """Fill in a form of the page shown and press ``button``, by default its first.

        ``CannotFill`` when the form does not take the answers, ``NavigationBlocked`` when the browser keeps it in.
        """
        ...

    def close(self) -> None: ...
