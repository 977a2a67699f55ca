"""The user looks at their phone: reads the messages on its page, as anybody would who holds it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from itertools import pairwise

from user_sim.browser import Browser
from user_sim.codes import CODE

PATIENCE_S = 10.0
_GLANCE_S = 0.02
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class NoMessage(Exception):
    """No code came to the phone in the time that a user waits for one."""


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """A message that carries a code: its words and the six digits."""

    text: str
    code: str


class PhoneScreen:
    """One phone. It is a device of its own: what interferes with the user's browser does not touch it."""

    def __init__(self, browser: Browser, phone_url: str, number: str) -> None:
        self._browser = browser
        self._url = f"{phone_url}/phone/{number}"
        self._read: set[str] = set()

    def messages(self) -> list[str]:
        """The messages on the phone, newest first: each its words and the time of receipt, as shown."""
        lines = self._browser.open(self._url).document.lines
        return [f"{text}\n{stamp}" for text, stamp in pairwise(lines) if _TIME.fullmatch(stamp)]

    def put_aside(self) -> None:
        """Take the messages that are there for read: what comes next is new."""
        self._read.update(self.messages())

    def wait_for_code(self) -> CodeMessage:
        """The newest unread message with a code, waited for as long as a user does; then it is read."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            messages = self.messages()
            for message in messages:
                text = message.rpartition("\n")[0]
                code = CODE.search(text)
                if code and message not in self._read:
                    self._read.update(messages)
                    return CodeMessage(text, code[1])
            time.sleep(_GLANCE_S)
        raise NoMessage(f"no code within {PATIENCE_S:.0f} s")
