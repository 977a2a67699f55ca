"""Those who must be refused: clients that were written badly, and attackers.

They speak as an application of their own, so that what the bank does about them befalls nobody else; and seldom enough
that the gate for failing sources, which all of this machine share, stays open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from loadtests.crowd.people import AMOUNT, Visitor
from loadtests.presigned import Presigner

_OFFENCE_S = 0.5


@dataclass(frozen=True, slots=True)
class Offence:
    """``messages`` makes what is sent, in order; the last must be refused with one of ``codes``."""

    name: str
    codes: frozenset[str]
    messages: Callable[[Offender], list[bytes]]


class Offender(Visitor):
    """Commits the offences of its class in turn, as the rogue application."""

    abstract = True
    speaks_as = "rogue"
    offences: ClassVar[list[Offence]]

    def on_start(self) -> None:
        super().on_start()
        self.own = self.crowd.rogue
        self._number = 0

    def interval_s(self) -> float:
        return _OFFENCE_S

    def intent(self) -> None:
        offence = self.offences[self._number % len(self.offences)]
        self._number += 1
        *before, last = offence.messages(self)
        for each in before:
            self.line.call("before", each)
        self.line.call(offence.name, last, refusals=offence.codes)

    @property
    def presigner(self) -> Presigner:
        return self.line.voice.presigner

    def query(self, presigner: Presigner | None = None, account_ref: str = "", token: str = "") -> bytes:
        """The rogue's own balance, with one thing changed."""
        path = f"/api/accounts/{account_ref or self.own.account_ref}/balance"
        return (presigner or self.presigner).query(path, token or self.own.accounts_token(self.line))

    def order(self, **members: Any) -> bytes:
        """A correct order of a payment, with members changed or added."""
        number = self.own.order_no()
        body = {"order_no": number, "debtor_account_ref": self.own.account_ref, "amount": AMOUNT, "currency": "CNY"}
        token = self.own.accounts_token(self.line)
        return self.presigner.order("transfers.create", "/api/transfers", token, body | members, self.crowd.payee)


def _replayed(offender: Offender) -> list[bytes]:
    message = offender.query()
    return [message, message]


def _grafted(offender: Offender) -> list[bytes]:
    """One message with the signature of another: sound by itself, and not of this message."""
    message, other = offender.query(), offender.query()
    return [message.replace(_signature(message), _signature(other))]


def _signature(message: bytes) -> bytes:
    return next(line for line in message.split(b"\r\n") if line.startswith(b"signature:"))


class Careless(Offender):
    """A client whose developer has not read the manual."""

    kind = "careless"
    offences: ClassVar[list[Offence]] = [
        Offence(
            "unsigned",
            frozenset({"SIGNATURE_REQUIRED"}),
            lambda offender: [_without(offender.query(), b"signature", b"signature-input")],
        ),
        Offence(
            "clock behind",
            frozenset({"TIMESTAMP_EXPIRED"}),
            lambda offender: [
                offender.query(replace(offender.presigner, now_s=lambda: offender.line.voice.now_s() - 900))
            ],
        ),
        Offence(
            "amount of half a fen", frozenset({"AMOUNT_INVALID"}), lambda offender: [offender.order(amount="0.005")]
        ),
        Offence("unknown member", frozenset({"UNKNOWN_MEMBER"}), lambda offender: [offender.order(colour="red")]),
        Offence(
            "no such path",
            frozenset({"API_NOT_FOUND"}),
            lambda offender: [offender.presigner.signed_query("/api/nothing")],
        ),
    ]


class Attacking(Offender):
    """Somebody who has read it, and wants what is not theirs."""

    kind = "attacking"
    offences: ClassVar[list[Offence]] = [
        Offence("replay", frozenset({"NONCE_REPLAYED"}), _replayed),
        Offence(
            "stranger's account",
            frozenset({"RESOURCE_NOT_AUTHORIZED"}),
            lambda offender: [offender.query(account_ref=offender.crowd.stranger.account_ref)],
        ),
        Offence(
            "stolen token",
            frozenset({"TOKEN_APP_MISMATCH", "TOKEN_EXPIRED"}),
            lambda offender: [offender.query(token=offender.crowd.stranger.accounts.access_token)],
        ),
        Offence(
            "altered on the way",
            frozenset({"DIGEST_MISMATCH"}),
            lambda offender: [offender.order().replace(b'"0.01"', b'"9.99"')],
        ),
        Offence("foreign signature", frozenset({"SIGNATURE_INVALID"}), _grafted),
    ]


def _without(message: bytes, *names: bytes) -> bytes:
    """The message without these headers."""
    head, end, body = message.partition(b"\r\n\r\n")
    return b"\r\n".join(line for line in head.split(b"\r\n") if line.partition(b":")[0] not in names) + end + body


OFFENDERS: tuple[type[Visitor], ...] = (Careless, Attacking)
