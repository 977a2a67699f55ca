"""The bank's embedded form as a user's browser shows it, without a browser: what it says, and what its script seals.

Stands in for ``keypad.js`` where a scenario has no window: it seals to the key and for the keypad that the page names,
as the script does for a user who types on their own keyboard. Whoever plays the application gets the sealed text only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from bank_sim.sdk.protocol.keypairs import public_from_jwk
from bank_sim.sdk.protocol.sealing import SealContext, seal
from user_sim.http_browser import LoopbackTransport

_ATTRIBUTE = re.compile(r'data-keypad-(token|app|api|jwk|parent)="([^"]*)"')
_INPUT = re.compile(r'<input type="(?:hidden|checkbox)" name="(\w+)" value="([^"]*)"')
_MARKUP = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of the form. ``ticks``: its boxes and hidden fields, as they are when the user has ticked all."""

    token: str
    app_id: str
    api_id: str
    key: dict[str, str]
    parent: str
    ticks: dict[str, str] = field(default_factory=dict)
    words: str = field(default="", repr=False)

    @classmethod
    def read(cls, page: str) -> Frame:
        """``ValueError`` for a page without a keypad: the bank shows a refusal instead."""
        found = {name: unescape(value) for name, value in _ATTRIBUTE.findall(page)}
        if "token" not in found:
            raise ValueError(" ".join(_MARKUP.sub(" ", page).split()))
        ticks = {name: unescape(value) for name, value in _INPUT.findall(page) if name != "sealed"}
        words = " ".join(unescape(_MARKUP.sub(" ", page)).split())
        return cls(found["token"], found["app"], found["api"], json.loads(found["jwk"]), found["parent"], ticks, words)

    def sealed(self, digits: str, **changes: str) -> str:
        """What the frame posts to the page around it, with all boxes ticked but for ``changes``."""
        return self._sealed({"digits": digits, "fields": self.ticks | changes})

    def pressed(self, places: list[int]) -> str:
        """The same, of a user who presses the keypad's own keys: the page learns which places, and no digit."""
        return self._sealed({"keys": places, "fields": self.ticks})

    def _sealed(self, fields: dict[str, Any]) -> str:
        context = SealContext(self.app_id, self.api_id, "request", self.token)
        return seal(fields, public_from_jwk(self.key), context)


class FrameVisit:
    """A user looking at one embedded form, step by step. ``url``: what the application's page puts into its frame."""

    def __init__(self, authority: Path, url: str) -> None:
        self._http = httpx.Client(transport=LoopbackTransport(authority), headers={"sec-fetch-dest": "iframe"})
        self._url = url

    def __enter__(self) -> FrameVisit:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def look(self) -> Frame:
        """The step that is due, with a fresh keypad."""
        return Frame.read(self.page())

    def page(self) -> str:
        """The same as HTML: whatever a program in the browser could read of it."""
        return self._http.get(self._url).text

    def picture(self, frame: Frame) -> str:
        """The picture of its keypad, as SVG."""
        return self._http.get(str(httpx.URL(self._url).join(f"/keypad/{frame.token}"))).text
