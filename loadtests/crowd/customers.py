"""The users in whose name the crowd calls: their tokens, kept fresh as a sound application keeps them.

Each generator process has customers of its own, for a refresh token serves once. Several users of the crowd may act for
one customer, as people use one application on several devices.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from loadtests.crowd.calling import Line
from loadtests.crowd.prepared import Consented, Grant

_SPARE_S = 30.0
"""A token is renewed so long before its end: longer than any call may take."""


class NoToken(Exception):
    """The bank gave no fresh token; the refusal is counted already."""


@dataclass
class Customer:
    """One user's consents. ``marks``: distinguishes order numbers of generators and runs."""

    account_ref: str
    accounts: Grant
    payments: Grant | None
    marks: str = field(default_factory=lambda: secrets.token_hex(5))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @classmethod
    def of(cls, consented: Consented) -> Customer:
        return cls(consented.account_ref, consented.accounts, consented.payments)

    def order_no(self) -> str:
        """A number that this application has never used."""
        return f"C{self.marks}{next(self._numbers):08}"

    def accounts_token(self, line: Line) -> str:
        """For looking at accounts and ordering payments. ``NoToken`` where the bank gives none."""
        with self._lock:
            self.accounts = _fresh(self.accounts, line)
            return self.accounts.access_token

    def payments_token(self, line: Line) -> str:
        """For executing payments under the agreement."""
        with self._lock:
            if self.payments is None:
                raise NoToken("this user agreed to no payments")
            self.payments = _fresh(self.payments, line)
            return self.payments.access_token


class Customers:
    """Those of one generator, handed out in turn."""

    def __init__(self, consented: Sequence[Consented], first: int = 0, step: int = 1) -> None:
        """``first``, ``step``: this generator's share. With more generators than customers some have none."""
        self.all = [Customer.of(each) for each in consented[first::step]]
        self._turn = itertools.count()

    def next(self) -> Customer:
        if not self.all:
            raise NoToken("fewer customers than generators")
        return self.all[next(self._turn) % len(self.all)]


def _fresh(grant: Grant, line: Line) -> Grant:
    now_s = line.voice.now_s()
    if grant.until_s - now_s > _SPARE_S:
        return grant
    answer = line.call("token", line.voice.presigner.refresh_request(grant.refresh_token))
    if answer.outcome != "ok":
        raise NoToken(answer.code)
    given = answer.document
    return Grant(
        access_token=given["access_token"],
        refresh_token=given.get("refresh_token", grant.refresh_token),
        until_s=now_s + given["expires_in"],
    )
