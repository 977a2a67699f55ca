"""One call on one line, and what came of it: counted, told to Locust, and now and then verified to the last byte.

Every call is signed anew. What is measured runs from the sending to the whole answer, plus what this user was already
behind because an earlier answer was late: a bank that stalls is not spared by those who wait for it. Signing is the
generator's own affair and not in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bank_sim.sdk.answers import Received, require_answer
from bank_sim.sdk.credentials import BankKeys, BankSettings
from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from loadtests.application import Membership
from loadtests.crowd.connection import Connection, Lost, Reply
from loadtests.crowd.tally import Meter, Outcome
from loadtests.presigned import Presigner

THROTTLED = frozenset({"RATE_LIMITED", "QUOTA_EXCEEDED", "CONCURRENCY_LIMIT", "QUOTA_SUSPENDED"})
_VERIFIED_EACH = 20
"""Verifying every answer would cost as much as signing every call; a bank that cheats is found out as surely."""


@dataclass(frozen=True, slots=True)
class Result:
    """``document``: the answer's members, sealed ones unopened; ``wait_s``: as the bank asks by ``Retry-After``."""

    outcome: Outcome
    code: str = ""
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    wait_s: float = 0.0


class Voice:
    """An application that can sign and can tell whether an answer is the bank's."""

    def __init__(self, membership: Membership, settings: BankSettings, now_s: Callable[[], float]) -> None:
        keys = BankKeys(membership.bank_jwks, membership.suite)
        self.settings, self.now_s = settings, now_s
        self.presigner = Presigner(
            app_id=membership.app_id,
            suite=membership.suite,
            authority=settings.authority,
            issuer=settings.issuer,
            signing=membership.signing,
            secret=membership.secret,
            bank_sealing=keys.sealing,
            now_s=now_s,
        )
        self._believed: dict[str, PublicKey | MacKey] = {
            **keys.verifying,
            f"{membership.app_id}.secret": membership.secret,
        }

    def require_genuine(self, request: bytes, reply: Reply) -> None:
        """Raise the ``Problem`` that keeps the answer from being believed, by the checks of the bank's own SDK."""
        lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        asked = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
        received = Received(reply.status, reply.headers, reply.body, nonce="")
        require_answer(received, asked, self._believed, self.now_s(), self.settings)


Tell = Callable[[str, str, float, int, Exception | None], None]
"""Kind, name, milliseconds, bytes of the answer, what went wrong: for Locust's own pages."""


@dataclass(slots=True)
class Line:
    """One user's line to the bank. ``behind_us``: how late this user is already; it counts for the next call."""

    kind: str
    voice: Voice
    connection: Connection
    meter: Meter
    tell: Tell
    behind_us: int = 0
    _served: int = 0

    def call(self, name: str, request: bytes, refusals: frozenset[str] = frozenset(), repeated: bool = False) -> Result:
        """Send one signed message. ``refusals``: codes that are right for it, where it must be refused."""
        behind_us, self.behind_us = self.behind_us, 0
        started_ns = time.perf_counter_ns()
        try:
            reply = self.connection.exchange(request)
        except Lost as lost:
            result, size = Result("failed", f"LOST_{lost}"), 0
        else:
            result, size = self._result(request, reply, refusals), len(reply.body)
        elapsed_us = (time.perf_counter_ns() - started_ns) // 1000 + behind_us
        self.meter.note(self.kind, name, result.outcome, result.code, elapsed_us, repeated)
        wrong = result.outcome in ("failed", "let_through")
        shown = f"{name} (throttled)" if result.outcome == "throttled" else name
        self.tell(self.kind, shown, elapsed_us / 1000, size, Exception(result.code or "served") if wrong else None)
        return result

    def _result(self, request: bytes, reply: Reply, refusals: frozenset[str]) -> Result:
        document = _members(reply.body)
        if reply.status < 300:
            return Result("let_through", "", document) if refusals else self._served_as(request, reply, document)
        code = str(document.get("code") or f"HTTP_{reply.status}")
        wait_s = _seconds(reply.headers.get("retry-after", ""))
        if reply.status == 429 and code in THROTTLED and wait_s > 0:
            return Result("throttled", code, document, wait_s)
        return Result("refused" if code in refusals else "failed", code, document, wait_s)

    def _served_as(self, request: bytes, reply: Reply, document: dict[str, Any]) -> Result:
        self._served += 1
        if self._served % _VERIFIED_EACH == 1:
            try:
                self.voice.require_genuine(request, reply)
            except Problem as problem:
                return Result("failed", f"UNBELIEVABLE_{problem.code}", document)
        return Result("ok", "", document)


def _members(body: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _seconds(text: str) -> float:
    """Of a ``Retry-After`` in seconds; 0 for none."""
    return float(text) if text.isascii() and text.isdigit() else 0.0
