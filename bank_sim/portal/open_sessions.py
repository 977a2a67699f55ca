"""Sessions in the memory of one process, by the digest of a random secret that only a browser holds.

Bounded in number and in time; the one idle longest gives way. What a session holds is its owner's business.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from bank_sim.sdk.protocol import problems
from bank_sim.tokens.model import new_secret, secret_sha256

SESSIONS_MAX = 200


class Timed(Protocol):
    """When it was opened and last seen, in seconds of the machine's clock."""

    opened_s: float
    seen_s: float


Held = TypeVar("Held", bound=Timed)


class OpenSessions(Generic[Held]):
    """All sessions of one kind."""

    def __init__(self, ticks: Callable[[], float], idle_s: float, absolute_s: float) -> None:
        """``ticks``: seconds of a clock that only runs forward, whatever its start."""
        self._ticks = ticks
        self._idle_s, self._absolute_s = idle_s, absolute_s
        self._open: OrderedDict[bytes, Held] = OrderedDict()

    def open(self, make: Callable[[float], Held]) -> str:
        """A fresh session, made for this moment; returns the secret for the cookie."""
        secret = new_secret()
        self._open[secret_sha256(secret)] = make(self._ticks())
        while len(self._open) > SESSIONS_MAX:
            self._open.popitem(last=False)
        return secret

    def keep(self, most: int, alike: Callable[[Held], bool]) -> None:
        """Of those alike only so many: the ones used last."""
        for name in [name for name, each in self._open.items() if alike(each)][:-most]:
            del self._open[name]

    def enter(self, secret: str | None) -> Held:
        """The session behind a cookie, kept awake. SESSION_REQUIRED for none, SESSION_EXPIRED past its limits."""
        if not secret:
            raise problems.SESSION_REQUIRED.problem()
        name, now_s = secret_sha256(secret), self._ticks()
        session = self._open.get(name)
        if session is None or now_s - session.seen_s > self._idle_s or now_s - session.opened_s > self._absolute_s:
            self._open.pop(name, None)
            raise problems.SESSION_EXPIRED.problem()
        session.seen_s = now_s
        self._open.move_to_end(name)
        return session

    def end(self, secret: str | None) -> None:
        """Nothing of the session remains."""
        if secret:
            self._open.pop(secret_sha256(secret), None)
