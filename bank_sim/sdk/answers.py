"""What the application checks before it believes an answer: one table, read top to bottom (JR/T 0185 9.3.3-1).

A refusal without a signature is reported as *untrusted*: the bank cannot sign for an application that it does not
know, but neither can anyone be believed who merely says no. This module opens nothing and decides nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bank_sim.sdk.credentials import BankSettings
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.problems import (
    ANSWER_UNSIGNED,
    BANK_IDENTITY_INVALID,
    CATALOGUE,
    TIMESTAMP_EXPIRED,
    Kind,
    Problem,
)
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature, read_signature
from bank_sim.sdk.protocol.signatures import require_fresh, verify_answer

_OWN_MEMBERS = frozenset({"type", "title", "title_zh", "status", "code", "detail", "retry_safe"})


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came; header names are lower-case. Its sealed fields are bound to ``nonce``, the request's."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    nonce: str

    @property
    def trace_id(self) -> str | None:
        return self.headers.get("x-trace-id")

    @property
    def signer(self) -> str | None:
        """The keyid that the answer's signature seems to name: a hint which key to have at hand, and nothing more."""
        return self.headers.get("signature-input", "").partition('keyid="')[2].partition('"')[0] or None

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; empty when there is none."""
        return strict_json.parse_object(self.body) if self.body else {}


@dataclass(slots=True)
class AnswerCase:
    """One answer on its way through the checks, and what they hold it against."""

    received: Received
    request_headers: Mapping[str, str]
    keys: Mapping[str, PublicKey | MacKey]
    now_s: float
    window_s: int
    signature: ReceivedSignature | None = field(default=None)

    def read(self) -> ReceivedSignature:
        """The answer's signature, parsed once."""
        if self.signature is None:
            self.signature = read_signature(self.received.headers)
        return self.signature

    def key(self) -> PublicKey | MacKey:
        """The key that the answer names, which must be one of those that may sign it."""
        key = self.keys.get(self.read().keyid)
        if key is None:
            raise BANK_IDENTITY_INVALID.problem("The answer is signed with a key that is not the bank's.")
        return key


def _is_signed(case: AnswerCase) -> None:
    if "signature" not in case.received.headers or "signature-input" not in case.received.headers:
        raise ANSWER_UNSIGNED.problem()
    case.read()


def _is_by_the_bank(case: AnswerCase) -> None:
    case.key()


def _is_fresh(case: AnswerCase) -> None:
    try:
        require_fresh(case.read(), case.now_s, case.window_s)
    except Problem as problem:
        raise TIMESTAMP_EXPIRED.problem("The answer was signed outside the time window.") from problem


def _is_intact_and_ours(case: AnswerCase) -> None:
    received = case.received
    verify_answer(received.status, received.headers, received.body, case.request_headers, case.key())


ANSWER_CHECKS: CheckTable[AnswerCase] = CheckTable(
    [
        row("answer_signed", _is_signed, "answer", "7.2.2-2.1 7.2.2-2.3"),
        row("answer_by_the_bank", _is_by_the_bank, "answer", "9.3.3-3"),
        row("answer_fresh", _is_fresh, "answer", "7.2.2-2.1"),
        # Status and digest covered, bound to this very request, the signature holds, the body is the digest's.
        row("answer_intact", _is_intact_and_ours, "answer", "7.2.2-2.1 7.2.2-2.3 9.3.3-1.1"),
    ]
)


CHECK_NAMES = frozenset(each.name for each in ANSWER_CHECKS.rows)

FOUNDATIONS = frozenset({"answer_signed", "answer_by_the_bank"})
"""Rows that later ones stand on: without them there is nothing to verify, or nothing to verify it with."""


def require_answer(
    received: Received,
    request_headers: Mapping[str, str],
    keys: Mapping[str, PublicKey | MacKey],
    now_s: float,
    settings: BankSettings,
    weakened: frozenset[str] = frozenset(),
) -> None:
    """Raise the ``Problem`` that the answer is, or the one that keeps it from being believed.

    1. An unsigned refusal is raised as it is, with ``trusted`` false.
    2. ``ANSWER_CHECKS``: signed, with a key of the bank, recently, intact and for this very request.
    3. A refusal that passed is raised with ``trusted`` true.
    """
    refused = not 200 <= received.status < 300
    if refused and "signature" not in received.headers:
        raise _refusal(received, trusted=False)
    case = AnswerCase(received, request_headers, keys, now_s, settings.window_s)
    ANSWER_CHECKS.run(case, "answer", settings.weakened | weakened)
    if refused:
        raise _refusal(received, trusted=True)


def _refusal(received: Received, *, trusted: bool) -> Problem:
    """The bank's problem+json, or RFC 6749 error, as a ``Problem`` of the catalogue."""
    try:
        document = received.document()
    except Problem:
        document = {}
    code = str(document.get("code") or document.get("error") or "")
    detail = document.get("detail") or document.get("error_description")
    members = {name: value for name, value in document.items() if name not in _OWN_MEMBERS}
    members["trace_id"] = document.get("trace_id") or received.trace_id
    kind = CATALOGUE.get(code) or _unknown_kind(code, received.status, document)
    return Problem(kind, str(detail) if detail else None, None, {**members, "trusted": trusted})


def _unknown_kind(code: str, status: int, document: Mapping[str, Any]) -> Kind:
    """A refusal that this build's catalogue does not know yet."""
    title = str(document.get("title") or "The bank refused.")
    title_zh = str(document.get("title_zh") or "银行拒绝了请求。")
    return Kind(code or f"HTTP_{status}", status, title, title_zh, retry_safe=False)
