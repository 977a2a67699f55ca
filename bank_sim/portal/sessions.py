"""Where developers work: a session of the portal, in the memory of its one process and nowhere else.

It holds what must never be written down: the keys of a test application, tokens, messages with everything in them.
So it is bounded in number, ends when idle, and is gone with the process. The browser holds a random secret in a cookie.
Time is the machine's: whoever moves the sandbox's clock by a year to see a key expire shall not lose their place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bank_sim.portal.composing import Party
from bank_sim.portal.exchange import Exchange
from bank_sim.portal.open_sessions import OpenSessions
from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol.keypairs import MacKey

# Ours: a working day of trying things out, with a long lunch.
IDLE_S = 2 * 3600
ABSOLUTE_S = 12 * 3600
# A team at one application; whoever signs in again and again displaces themselves and nobody else.
SESSIONS_OF_ONE_MAX = 8
EXCHANGES_MAX = 12
TOKENS_MAX = 10
_VALUES_MAX = 12


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token obtained or brought here. ``what``: the consent's type, ``A1``, or ``own`` for one that was brought.

    ``expires_s`` on the bank's clock, None where nobody told.
    """

    name: str
    what: str
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_s: float | None
    scope: str
    consent_id: str | None
    account_refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """An authorization on its way: what was pushed, and where the user's browser is to be sent."""

    what: str
    state: str
    pkce: Pkce = field(repr=False)
    url: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What registration handed out: to be shown until the developer has saved it, then forgotten."""

    app_secret: str = field(repr=False)
    signing_pem: str = field(repr=False)
    opening_pem: str = field(repr=False)
    passphrase: str = field(repr=False)
    document: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tried:
    """An exchange, and the fields of the form that it was made from, so that it can be made again."""

    exchange: Exchange
    api_id: str
    fields: Mapping[str, str]
    mistake: str = ""


@dataclass(slots=True)
class Session:
    """One developer with one application. ``seen``: values of the bank's verified answers, by member, newest first.

    ``wrong_keys``: App_Secret as programs often misread it, to tell which misreading made a wrong MAC.
    ``fresh_secret``: a renewed App_Secret that no page has shown yet. ``secret_mark``: by which the App_Secret that
    the session began with is known again; None for a session that goes on without one.
    """

    party: Party
    opened_s: float
    seen_s: float
    issued: Issued | None = None
    flow: Flow | None = None
    tokens: list[HeldToken] = field(default_factory=list)
    tries: deque[Tried] = field(default_factory=lambda: deque(maxlen=EXCHANGES_MAX))
    serial: int = 0
    seen: dict[str, list[str]] = field(default_factory=dict)
    wrong_keys: Mapping[str, MacKey] = field(default_factory=dict, repr=False)
    fresh_secret: str = field(default="", repr=False)
    secret_mark: bytes | None = field(default=None, repr=False)

    def next_serial(self) -> int:
        self.serial += 1
        return self.serial

    def tried(self, serial: int) -> Tried | None:
        return next((each for each in self.tries if each.exchange.serial == serial), None)

    def keep_token(self, token: HeldToken) -> None:
        self.tokens = [token, *(each for each in self.tokens if each.name != token.name)][:TOKENS_MAX]

    def token(self, name: str) -> HeldToken | None:
        return next((each for each in self.tokens if each.name == name), None)

    def remember(self, values: Iterator[tuple[str, str]]) -> None:
        """References from an answer, to be offered where a message wants one."""
        for name, value in values:
            known = self.seen.setdefault(name, [])
            self.seen[name] = [value, *(each for each in known if each != value)][:_VALUES_MAX]


class Sessions:
    """All sessions of this process; the one idle longest gives way, first among those of the same application."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        """``ticks``: seconds of a clock that only runs forward, whatever its start."""
        self._open: OpenSessions[Session] = OpenSessions(ticks, IDLE_S, ABSOLUTE_S)

    def open(self, party: Party, wrong_keys: Mapping[str, MacKey], issued: Issued | None = None) -> str:
        """A fresh session; returns the secret for the cookie."""
        secret = self._open.open(lambda now_s: Session(party, now_s, now_s, issued, wrong_keys=wrong_keys))
        self._open.keep(SESSIONS_OF_ONE_MAX, lambda each: each.party.app_id == party.app_id)
        return secret

    def enter(self, secret: str | None) -> Session:
        """The session behind a cookie, kept awake. SESSION_REQUIRED for none, SESSION_EXPIRED past its limits."""
        return self._open.enter(secret)

    def end(self, secret: str | None) -> None:
        """Nothing of the session remains."""
        self._open.end(secret)
