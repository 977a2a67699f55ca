"""Whether something typed on a keypad may be taken: a table of checks over one sealed entry.

A keypad is good for one entry, by one session, for one purpose, for minutes. So a sealed entry is worth nothing to
whoever relays or records it: not again, not in another session, not for another payment. That it fails tells the
sender nothing of what is inside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

from bank_sim.identity.keypad.token import Token
from bank_sim.keys import Vault
from bank_sim.replay import ReplayGuard
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a keypad belongs: ``holder`` is a session's ``visit_id``; App_ID and API_ID stand in the sealed header."""

    holder: str
    app_id: str
    api_id: str


@dataclass(slots=True)
class Entry:
    """One sealed entry and where it was handed in. ``token`` and ``fields`` are None until a check establishes them."""

    sealed: str
    place: Place
    now_s: float
    vault: Vault
    replay: ReplayGuard
    key: PrivateKey
    token: Token | None = None
    fields: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def keypad(self) -> Token:
        if self.token is None:
            raise AssertionError("used before the keypad was known")
        return self.token


def keypad_was_issued(entry: Entry) -> None:
    """The keypad that the sealed header names is one of this bank's, and not older than minutes."""
    entry.token = Token.of_sealed(entry.sealed, entry.vault)
    if entry.keypad.expires_s <= entry.now_s:
        raise problems.KEYPAD_INVALID.problem(reason="the keypad has expired")


def keypad_is_this_sessions(entry: Entry) -> None:
    """It was shown in this very session, for this very purpose."""
    if not compare_digest(entry.keypad.place_sm3, Token.digest(entry.place.holder, entry.place.api_id)):
        raise problems.KEYPAD_INVALID.problem(reason="the keypad belongs to another session or purpose")


def keypad_is_used_once(entry: Entry) -> None:
    """Right or wrong, an entry uses its keypad up."""
    if not entry.replay.burn("keypad", entry.keypad.text, entry.keypad.expires_s, entry.now_s):
        raise problems.KEYPAD_INVALID.problem(reason="the keypad was used before")


def entry_opens(entry: Entry) -> None:
    """Sealed to this bank's key, for this application, interface and keypad. Establishes ``fields``."""
    context = SealContext(entry.place.app_id, entry.place.api_id, "request", entry.keypad.text)
    try:
        entry.fields = open_sealed(entry.sealed, entry.key, context)
    except Problem as problem:
        raise problems.KEYPAD_INVALID.problem(reason=f"{problem.code}: {problem.reason or problem.detail}") from problem


KEYPAD: CheckTable[Entry] = CheckTable(
    [
        row("keypad_issued", keypad_was_issued, "entry", "7.2.2-3.1.1"),
        row("keypad_session", keypad_is_this_sessions, "entry", "7.2.2-3.1.1 10.2.2-2.2"),
        row("keypad_once", keypad_is_used_once, "entry", "7.2.2-3.1.1 7.3.2-1"),
        row("keypad_seal", entry_opens, "entry", "7.2.2-3.1.1 9.3.3-2.2.2"),
    ]
)

_FOUNDATIONS = frozenset({"keypad_issued", "keypad_seal"})
DEFENCES = frozenset(each.name for each in KEYPAD.rows) - _FOUNDATIONS
"""The rows that a training run may leave out; without the others an entry cannot be read at all."""
