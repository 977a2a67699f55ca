"""What is known of a connection while it lasts: who is on it, and whether they were told to wait.

The edge makes one for each connection and serves their parties in turn; those behind the edge write into it what a call
has proven. It is never shared between connections, so that nobody's refusals are held against anybody else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

# One application signs with few keys; more of them on one connection are simply not remembered.
_REMEMBERED_MAX = 16


@dataclass(slots=True)
class _Refused:
    in_a_row: int
    until_ms: int
    under: int
    heeded: bool = True


@dataclass(slots=True)
class Connection:
    """``party``: an address, a client certificate, or the App_ID that a call has proven: whose turn its calls take."""

    party: str
    _refused: dict[str, _Refused] = field(default_factory=dict)

    @classmethod
    def begun(cls, source: str, certificate: bytes | None) -> Connection:
        """As it stands after the handshake."""
        return cls(f"certificate:{hashlib.sha256(certificate).hexdigest()}" if certificate else f"source:{source}")

    def told_to_wait(self, keyid: str, now_ms: int, until_ms: int, under: int) -> None:
        """A call that was proven to be this key's was refused for its number, until then.

        ``under``: the number of the limits that hold; what was said under others is forgotten.
        """
        known = self._refused.get(keyid)
        if known is not None:
            known.in_a_row += 1
            known.heeded = now_ms >= known.until_ms
            known.until_ms, known.under = until_ms, under
        elif len(self._refused) < _REMEMBERED_MAX:
            self._refused[keyid] = _Refused(1, until_ms, under)

    def admitted(self, keyid: str) -> None:
        """A call of this key was let through: that it was told to wait is forgotten, if it did wait."""
        known = self._refused.get(keyid)
        if known is not None and known.heeded:
            del self._refused[keyid]

    def waits_ms(self, keyid: str, now_ms: int, under: int, after: int) -> int:
        """How long this key must wait still, where it was told ``after`` times in a row under these limits; else 0."""
        known = self._refused.get(keyid)
        if known is None or known.in_a_row < after or known.under != under:
            return 0
        known.heeded = known.heeded and now_ms >= known.until_ms
        return max(0, known.until_ms - now_ms)
