"""The bank's app on a phone: bound once by a code from the bank's page, then asked to confirm what happens elsewhere.

It shows what would be signed and signs what was shown: an answer names the text that stood on the screen, and where
the bank asks something else by then, nothing is signed. Like a real phone's it has a line of its own to the bank.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Protocol, TypeVar

from user_sim.apps import Apps, BankKey

Decision = Literal["approve", "decline"]
DECISIONS: dict[str, Decision] = {"approve": "approve", "decline": "decline"}
_Answer = TypeVar("_Answer")
_SHOWN = ("app", "number", "payee_name", "payee_account", "amount", "total", "period", "per_period", "until")
NAME_OF = "{start}****{end}"


class Device(Protocol):
    """A bound phone, as the bank's line knows it."""

    @property
    def device_id(self) -> str: ...
    @property
    def key_pem(self) -> bytes: ...


class Line(Protocol):
    """The line to a bank: what its SDK for phones offers. Refusals are exceptions that bear a ``code``."""

    def activate(self, activation_code: str, name: str) -> Device: ...
    def waiting(self, device: Device, now_ms: int) -> list[str]: ...
    def decide(self, device: Device, decision: Decision, statement: str) -> None: ...


class Refused(Exception):
    """The bank says no, or nothing. ``code`` is of its catalogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for the owner's word, as shown. ``shown`` names the text behind it; amounts are decimal strings.

    ``kind``    ``login``, ``consent``, ``payment`` or ``standing``
    ``number``  two digits that the bank's page shows too
    ``period``  ``day`` or ``month``, in which ``per_period`` is the most; "" where there is no such limit
    """

    approval_id: str
    shown: str
    kind: str
    app: str
    number: str
    payee_name: str
    payee_account: str
    amount: str
    total: str
    period: str
    per_period: str
    until: str


class BankApp:
    """The app on every phone of this process. ``now_ms`` stamps what it signs."""

    def __init__(self, line: Line, apps: Apps, now_ms: Callable[[], int]) -> None:
        self._line = line
        self._apps = apps
        self._now_ms = now_ms

    def bound(self, number: str) -> bool:
        return self._apps.bank_key(number) is not None

    def bind(self, number: str, activation_code: str) -> None:
        """Bind this phone to whoever was shown the code. ``Refused``."""
        name = NAME_OF.format(start=number[:3], end=number[-4:])
        device = _asked(lambda: self._line.activate(activation_code, name))
        self._apps.keep_bank_key(number, BankKey(device.device_id, device.key_pem))

    def forget(self, number: str) -> None:
        """Remove the key from the phone; the bank learns of it when its owner removes the phone there."""
        self._apps.forget_bank_key(number)

    def questions(self, number: str) -> list[Question]:
        """What waits for the owner of this phone now. ``Refused``; none on a phone that is not bound."""
        return [_question(each) for each in self._statements(number)]

    def answer(self, number: str, shown: str, decision: Decision) -> None:
        """Sign the owner's word on what was shown. ``Refused`` with APPROVAL_EXPIRED where it waits no longer."""
        statement = next((each for each in self._statements(number) if _fingerprint(each) == shown), None)
        key = self._apps.bank_key(number)
        if statement is None or key is None:
            raise Refused("APPROVAL_EXPIRED")
        _asked(lambda: self._line.decide(key, decision, statement))

    def _statements(self, number: str) -> list[str]:
        key = self._apps.bank_key(number)
        return _asked(lambda: self._line.waiting(key, self._now_ms())) if key else []


def _asked(ask: Callable[[], _Answer]) -> _Answer:
    try:
        return ask()
    except Exception as refusal:
        raise Refused(str(getattr(refusal, "code", "SERVICE_UNAVAILABLE"))) from refusal


def _question(statement: str) -> Question:
    read = json.loads(statement)
    text = {name: str(read.get(name, "")) for name in _SHOWN}
    return Question(str(read["approval_id"]), _fingerprint(statement), str(read["for"]), **text)


def _fingerprint(statement: str) -> str:
    return sha256(statement.encode()).hexdigest()
