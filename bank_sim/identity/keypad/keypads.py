"""Issues keypads, draws them, and reads what was typed on them: the only place where places become digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from bank_sim.clock import Clock
from bank_sim.identity.keypad.entry import KEYPAD, Entry, Place
from bank_sim.identity.keypad.layout import FACE, PLACES, Face
from bank_sim.identity.keypad.picture import picture
from bank_sim.identity.keypad.token import Token
from bank_sim.keys import BankKeys, Vault
from bank_sim.replay import ReplayGuard
from bank_sim.sdk.protocol import problems

PASSWORD_DIGITS = 8
DIGITS_MAX = 16
_ASCII_DIGITS = "0123456789"


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sealed: the places pressed, or, where the user chose their own keyboard, the digits.

    ``fields`` are the named inputs of the form around the keypad, where that form does not reach the bank by itself.
    """

    keys: tuple[int, ...] | None = None
    digits: str | None = None
    fields: dict[str, str] = {}


class Keypads:
    """The keypads of one bank. ``suite`` decides which of its keys entries are sealed to."""

    def __init__(
        self, clock: Clock, vault: Vault, keys: BankKeys, replay: ReplayGuard, suite: str, lifetime_s: int,
        weakened: Callable[[], frozenset[str]] = frozenset,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._vault = vault
        self._keys = keys
        self._replay = replay
        self._lifetime_s = lifetime_s
        self._weakened = weakened
        self.suite = suite

    def issue(self, place: Place) -> str:
        """A new keypad's token, for a page of this session and purpose."""
        expires_s = int(self._clock.now_s()) + self._lifetime_s
        return Token.issue(self._vault, place.holder, place.api_id, expires_s).text

    def sealing_key(self) -> dict[str, str]:
        """The public JWK that entries are sealed to."""
        return self._keys.opening(self.suite).public.jwk()

    def picture(self, token: str) -> str:
        """The SVG of a keypad. KEYPAD_INVALID for what is none, or none any more."""
        keypad = Token.read(token, self._vault)
        if keypad.expires_s <= self._clock.now_s():
            raise problems.KEYPAD_INVALID.problem(reason="the keypad has expired")
        return picture(self.layout(token), keypad.draws(self._vault, "looks"))

    def layout(self, token: str) -> tuple[int, ...]:
        """The digit at each place."""
        face = Face(Token.read(token, self._vault).draws(self._vault, "layout"))
        FACE.run(face, "face", self._weakened())
        return face.digits

    def read(self, sealed: str, place: Place) -> tuple[str, dict[str, str]]:
        """The digits typed, and the fields of the form. KEYPAD_INVALID, whatever is wrong; the keypad is used up.

        That too few or other digits were typed is not told here: it is for whoever compares them.
        """
        key = self._keys.opener_of(self.suite, sealed)
        entry = Entry(sealed, place, self._clock.now_s(), self._vault, self._replay, key)
        KEYPAD.run(entry, "entry", self._weakened())
        typed = _typed(entry.fields)
        if typed.keys is None:
            return typed.digits or "", typed.fields
        layout = self.layout(entry.keypad.text)
        return "".join(_ASCII_DIGITS[layout[place]] for place in typed.keys), typed.fields


def _typed(fields: dict[str, Any] | None) -> Typed:
    try:
        typed = msgspec.convert(fields, Typed)
    except msgspec.ValidationError as error:
        raise problems.KEYPAD_INVALID.problem(reason="the entry is malformed") from error
    keys = typed.keys or ()
    if len(keys) > DIGITS_MAX or len(typed.digits or "") > DIGITS_MAX or any(not 0 <= each < PLACES for each in keys):
        raise problems.KEYPAD_INVALID.problem(reason="the entry is no entry of a keypad")
    return typed
