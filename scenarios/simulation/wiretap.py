"""Somebody who has broken TLS before the gateway, and works for the rogue.

It holds no key: it copies, alters, exchanges, moves and strips what it sees, in flight where it can. Whatever goes on
so bears the reason why nobody may be served for it; a plain copy bears none, for its nonce tells.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from random import Random

from bank_sim.sdk.protocol.digests import content_digest
from scenarios.simulation.foundation import Foundation
from scenarios.simulation.wire import Letter, Wire

_HEARD_MAX = 60
_AMOUNT = re.compile(rb'("amount"\s*:\s*")(\d)')


class Wiretap:
    """``hear`` is told of every letter between applications and bank, ``play`` does something with them."""

    def __init__(self, founded: Foundation, wire: Wire, lots: Random) -> None:
        self._founded, self._wire, self._lots = founded, wire, lots
        self._heard: deque[Letter] = deque(maxlen=_HEARD_MAX)
        self._answers: deque[Letter] = deque(maxlen=_HEARD_MAX)
        self._tricks = (
            self._replay, self._alter, self._steal_token, self._splice_path, self._strip, self._splice_answer,
        )  # fmt: skip

    def hear(self, letter: Letter) -> None:
        """Keep a message between applications and bank, if it is as they sent it."""
        if not letter.hostile:
            (self._answers if letter.kind == "answer" else self._heard).append(letter)

    def play(self) -> str:
        """One trick on what was heard; its name, "" where there is nothing to play with."""
        for trick in self._lots.sample(self._tricks, len(self._tricks)):
            if trick():
                return trick.__name__.lstrip("_")
        return ""

    def token(self) -> str:
        """An access token of the wallet's that was heard."""
        return self._pick(lambda each: each.header("authorization")).removeprefix("Bearer ")

    def transfer_id(self) -> str:
        found = self._pick(lambda each: each.path if "/transfers/" in each.path else "")
        return found.split("/")[3] if found else ""

    def account_ref(self) -> str:
        found = self._pick(lambda each: each.path if each.path.startswith("/api/accounts/") else "")
        return found.split("/")[3] if found else ""

    def _pick(self, read: Callable[[Letter], str]) -> str:
        told = [text for each in self._heard if each.sender == "wallet" and (text := read(each))]
        return self._lots.choice(told) if told else ""

    def _any(self, wanted: Callable[[Letter], bool] = lambda _: True) -> Letter | None:
        """One that is under way and can be stopped, rather than one that has arrived and can be copied."""
        for among in (self.passing(), self._heard):
            if found := [each for each in among if wanted(each)]:
                return self._lots.choice(found)
        return None

    def passing(self) -> list[Letter]:
        """Requests of the wallet that are under way, as it sent them."""
        under_way = self._wire.under_way
        return [each for each in under_way if each.kind == "request" and each.sender == "wallet" and not each.hostile]

    def _send(self, letter: Letter, why: str, **changes: object) -> bool:
        """In the place of the letter, if that has not arrived yet; beside it, if it has."""
        if letter in self._wire.under_way:
            letter.hostile = why
            for name, value in changes.items():
                setattr(letter, name, value)
        else:
            self._wire.copy(letter, why, sender="wiretap", **changes)
        return True

    def _replay(self) -> bool:
        """The same bytes again. Whether they may be served, the nonce tells: one that was lost on its way may."""
        if not self._heard:
            return False
        self._wire.copy(self._lots.choice(self._heard), "", sender="wiretap")
        return True

    def _alter(self) -> bool:
        """Another amount; by lots with a digest that fits."""
        letter = self._any(lambda each: _AMOUNT.search(each.body) is not None)
        if letter is None:
            return False
        body = _AMOUNT.sub(lambda found: found[1] + (b"1" if found[2] == b"9" else b"9"), letter.body, count=1)
        headers = letter.headers
        if self._lots.random() < 0.5:
            fitting = content_digest(self._founded.suite, body)
            headers = [(name, fitting if name == "content-digest" else value) for name, value in headers]
        return self._send(letter, "an amount that nobody signed", body=body, headers=headers)

    def _steal_token(self) -> bool:
        """One user's token in another message."""
        letter, other = self._any(lambda each: bool(each.header("authorization"))), self.token()
        if letter is None or not other or other in letter.header("authorization"):
            return False
        headers = [(name, f"Bearer {other}" if name == "authorization" else text) for name, text in letter.headers]
        return self._send(letter, "a token that its signature does not cover", headers=headers)

    def _splice_path(self) -> bool:
        """A signature on another address."""
        letter, other = self._any(), self._any(lambda each: each.path.startswith("/api/"))
        if letter is None or other is None or letter.target == other.target or not letter.header("signature"):
            return False
        return self._send(letter, "a signature of another address", target=other.target)

    def _strip(self) -> bool:
        """No signature at all."""
        letter = self._any(lambda each: bool(each.header("signature")) and bool(each.header("authorization")))
        if letter is None:
            return False
        bare = [(name, text) for name, text in letter.headers if name not in ("signature", "signature-input")]
        return self._send(letter, "a message without a signature", headers=bare)

    def _splice_answer(self) -> bool:
        """An earlier answer of the bank in the place of one that is under way to the wallet."""
        under_way = [each for each in self._wire.under_way if each.kind == "answer" and each.sender == "wallet"]
        earlier = [each.answer for each in self._answers if each.sender == "wallet"]
        if not under_way or not earlier:
            return False
        self._lots.choice(under_way).answer = self._lots.choice(earlier)
        return True
