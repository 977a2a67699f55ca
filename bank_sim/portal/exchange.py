"""One exchange with the gateway as it is shown: what was composed, what came back, and each check of the answer.

The answer is judged by the SDK's own table (``bank_sim.sdk.answers``), row by row, so that a developer sees what a
careful application checks. Nothing here reaches into the bank: all that is known came over the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bank_sim.portal.composing import Message, Order, Party, Spoiler, compose
from bank_sim.portal.line import Answer, Line, read_answer
from bank_sim.sdk.answers import ANSWER_CHECKS, AnswerCase, Received
from bank_sim.sdk.credentials import BankKeys
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed
from bank_sim.sdk.protocol.signature_base import Answer as SignedAnswer
from bank_sim.sdk.protocol.signature_base import signature_base
from bank_sim.sdk.protocol.signature_headers import parse_signature, read_member
from bank_sim.sdk.protocol.strict_base64 import from_base64url

_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check of the answer. ``holds`` None: not reached. ``problem`` says why it does not hold."""

    name: str
    clauses: tuple[str, ...]
    holds: bool | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class SealedView:
    """A sealed value taken apart: the protected header, what is inside, the text on the wire."""

    text: str
    header: str
    plaintext: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and, once it was sent, its answer. ``unsent`` tells why there is none; ``sent`` is False for a draft.

    ``document``  the answer's JSON members, the sealed ones not among them; ``opened``: those
    ``trusted``   every check of the answer holds
    """

    serial: int
    at_s: float
    message: Message
    answer: Answer | None = None
    unsent: Problem | None = None
    verdicts: tuple[Verdict, ...] = ()
    answer_base: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
    opened: Mapping[str, Any] = field(default_factory=dict)
    request_sealed: SealedView | None = None
    answer_sealed: SealedView | None = None
    sent_twice: bool = False

    @property
    def status(self) -> int:
        return self.answer.status if self.answer else 0

    @property
    def succeeded(self) -> bool:
        return self.status in _SUCCESS

    @property
    def trusted(self) -> bool:
        return bool(self.verdicts) and all(each.holds for each in self.verdicts)

    @property
    def code(self) -> str:
        """The refusal's code; "" for a success or where nothing came."""
        found = self.document.get("code") or self.document.get("error") or ""
        return "" if self.succeeded else str(found)

    @property
    def trace_id(self) -> str:
        return self.answer.headers.get("x-trace-id", "") if self.answer else ""


@dataclass(frozen=True, slots=True)
class Counter:
    """Where exchanges are made: the line to the gateway, its authority, the bank's public keys by suite."""

    line: Line
    authority: str
    bank_jwks: Mapping[str, Any]
    window_s: int

    def exchange(
        self,
        serial: int,
        order: Order,
        party: Party,
        now_s: float,
        nonce: str,
        mistake: Spoiler | None = None,
        *,
        send: bool = True,
        twice: bool = False,
    ) -> Exchange:
        """Compose and, if ``send`` and nothing is missing, dispatch it."""
        sealing = BankKeys(self.bank_jwks, party.suite).sealing
        message = compose(order, party, sealing, self.authority, int(now_s), nonce, mistake)
        if not send or message.awaits_signature:
            return Exchange(serial, now_s, message, request_sealed=_sent_sealed(message))
        return self.dispatch(serial, message, now_s, twice=twice)

    def dispatch(self, serial: int, message: Message, now_s: float, *, twice: bool = False) -> Exchange:
        """Send a message (``twice``: and again, unchanged), then judge the answer."""
        order, party = message.order, message.party
        bank = BankKeys(self.bank_jwks, party.suite)
        try:
            received = self.line(message.raw)
            if twice:
                received = self.line(message.raw)
            answer = read_answer(received)
        except Problem as problem:
            return Exchange(serial, now_s, message, unsent=problem, request_sealed=_sent_sealed(message))
        keys = _keys_of(order, party, bank)
        document = _document(answer)
        sealed = _opened(document.pop("sealed", None), order, party, message)
        return Exchange(
            serial,
            now_s,
            message,
            answer=answer,
            verdicts=_judged(answer, message, keys, now_s, self.window_s),
            answer_base=_answer_base(answer, message),
            document=document,
            opened=strict_json.parse_object(sealed.plaintext.encode()) if sealed and sealed.plaintext else {},
            request_sealed=_sent_sealed(message),
            answer_sealed=sealed,
            sent_twice=twice,
        )


def _keys_of(order: Order, party: Party, bank: BankKeys) -> Mapping[str, PublicKey | MacKey]:
    """Whose signature the answer may bear: App_Secret's where it signed the request, else a key of the bank."""
    if order.with_secret:
        return {f"{party.app_id}.secret": party.secret} if party.secret else {}
    return bank.verifying


def _judged(
    answer: Answer, message: Message, keys: Mapping[str, PublicKey | MacKey], now_s: float, window_s: int
) -> tuple[Verdict, ...]:
    received = Received(answer.status, answer.headers, answer.body, message.nonce)
    case = AnswerCase(received, message.lower_headers, keys, now_s, window_s)
    verdicts: list[Verdict] = []
    for row in ANSWER_CHECKS.path("answer"):
        if verdicts and not verdicts[-1].holds:
            verdicts.append(Verdict(row.name, row.clauses, None))
            continue
        try:
            row.check(case)
        except Problem as problem:
            verdicts.append(Verdict(row.name, row.clauses, False, problem))
        else:
            verdicts.append(Verdict(row.name, row.clauses, True))
    return tuple(verdicts)


def _answer_base(answer: Answer, message: Message) -> str:
    """What the answer's signature is over; "" for an answer without one that can be read."""
    try:
        signature = parse_signature(answer.headers)
        label, value = read_member(message.lower_headers.get("signature"))
        bound = SignedAnswer(answer.status, answer.headers, f'signature;req;key="{label}"', value)
        return signature_base(signature.components, bound, signature.params_text).decode("ascii")
    except Problem:
        return ""


def _document(answer: Answer) -> dict[str, Any]:
    try:
        return strict_json.parse_object(answer.body) if answer.body else {}
    except Problem:
        return {}


def _sent_sealed(message: Message) -> SealedView | None:
    if not message.sealed or "." not in message.sealed:
        return None
    return SealedView(message.sealed, _header_of(message.sealed), pretty(dict(message.order.sealed or {})))


def _opened(text: object, order: Order, party: Party, message: Message) -> SealedView | None:
    """The answer's sealed members, opened with the application's own key."""
    if not isinstance(text, str):
        return None
    header = _header_of(text)
    if party.opening is None:
        return SealedView(text, header, "")
    context = SealContext(party.app_id, order.name, "response", message.nonce)
    try:
        return SealedView(text, header, pretty(open_sealed(text, party.opening, context)))
    except Problem as problem:
        return SealedView(text, header, "", problem)


def _header_of(compact: str) -> str:
    try:
        return pretty(strict_json.parse_object(from_base64url(compact.partition(".")[0])))
    except (ValueError, Problem):
        return ""


def pretty(value: object) -> str:
    """JSON for people: two blanks deep, no escapes for what can be read."""
    return json.dumps(value, ensure_ascii=False, indent=2)
