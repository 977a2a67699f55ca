"""The user looks at their phone: reads messages and codes and presses buttons, as anybody would who holds it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from itertools import pairwise

from user_sim.browser import Browser, Page
from user_sim.codes import CODE
from user_sim.forms import Form

PATIENCE_S = 10.0
_GLANCE_S = 0.02
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class NoMessage(Exception):
    """Neither code nor question came to the phone in the time that a user waits for one."""


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """A message that carries a code: its words and the six digits."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the bank's app asks: its words, and the form with its two buttons."""

    text: str
    form: Form


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

    def wait_for_message(self, *words: str) -> str:
        """The newest message that says any of the words, waited for as long as a user does."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for message in self.messages():
                if any(each in message for each in words):
                    return message
            time.sleep(_GLANCE_S)
        raise NoMessage(f"no message that says {' or '.join(words)} within {PATIENCE_S:.0f} s")

    def wait_for_question(self, number: str) -> Question:
        """What the bank's app asks under the number that the bank's page shows, waited for like a message."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            page = self._browser.open(f"{self._url}/bank")
            for form in page.document.forms:
                if any((each.name, each.value) == ("number", number) for each in form.controls):
                    return Question(page.text, form)
            time.sleep(_GLANCE_S)
        raise NoMessage(f"no question {number} within {PATIENCE_S:.0f} s")

    def answer(self, question: Question, decision: str) -> Page:
        """Tap ``approve`` or ``decline``."""
        return self._browser.submit(question.form, {}, question.form.button("decision", decision))

    def bind(self, activation_code: str) -> Page:
        """Type the bank's activation code into its app."""
        return self._fill("bank", "activation_code", activation_code=activation_code)

    def add_authenticator(self, name: str, secret: str) -> Page:
        """Add an account to the authenticator."""
        return self._fill("codes", "secret", name=name, secret=secret)

    def code_shown(self) -> str:
        """The newest account's code of now, from the authenticator."""
        codes = [line for line in self._browser.open(f"{self._url}/codes").document.lines if CODE.match(line)]
        if not codes:
            raise NoMessage("the authenticator shows no code")
        return codes[-1][:6]

    def _fill(self, app: str, field: str, **answers: str) -> Page:
        page = self._browser.open(f"{self._url}/{app}")
        form = page.form_with(field)
        if form is None:
            raise NoMessage(f"the phone's page does not ask for {field}")
        return self._browser.submit(form, answers)
