"""What an application says of its calls, when the bank has asked: whether it may be believed, and how far it agrees.

Pure: it reads no database and changes nothing. ``evidence`` asks, keeps and tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from bank_sim.registry.parties import Credential
from bank_sim.sdk.evidence import CALLS_MAX, EVIDENCE_TYP
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.statements import Statement, read_statement

Outcomes = Callable[[Sequence[str]], Mapping[str, str | None]]
"""Trace ids -> code of the refusal by trace id, None for a success; of those that the bank's log has."""

# What the application was not told the outcome of, it cannot know.
_IN_DOUBT = "RESULT_UNKNOWN"


@dataclass(frozen=True, slots=True)
class EvidenceRequest:
    """``first_serial``, ``last_serial``: the access records that were looked at when it was asked.

    ``agreeing``: calls that both tell alike; ``missing``: that only the bank knows, beyond those unanswered;
    ``unknown``: that only the application knows; ``contradicting``: with another outcome. None until it has answered.
    """

    request_id: str
    incident_id: int
    app_id: str
    from_ms: int
    to_ms: int
    first_serial: int
    last_serial: int
    asked_by: str
    asked_ms: int
    due_ms: int
    overdue_ms: int | None
    answered_ms: int | None
    statement: str | None
    agreeing: int | None
    missing: int | None
    unknown: int | None
    contradicting: int | None

    @property
    def agrees(self) -> bool | None:
        """None until it has answered."""
        if self.answered_ms is None:
            return None
        return not (self.missing or self.unknown or self.contradicting)


@dataclass(frozen=True, slots=True)
class EvidenceCase:
    """A statement that has come, and what it must be held against."""

    request: EvidenceRequest
    statement: Statement
    keys: Sequence[Credential]
    now_ms: int


def statement_is_the_applications(case: EvidenceCase) -> None:
    """One of its registered keys that serve now signed it: SIGNATURE_INVALID."""
    if not any(case.statement.is_by(each) for each in _serving(case)):
        raise problems.SIGNATURE_INVALID.problem("No key of this application signed the statement.")


def statement_is_about_the_request(case: EvidenceCase) -> None:
    """It answers this request, of this application: PARAM_INVALID."""
    claims = case.statement.claims
    about = (case.statement.typ, claims.get("app_id"), claims.get("request_id"))
    if about != (EVIDENCE_TYP, case.request.app_id, case.request.request_id):
        raise problems.PARAM_INVALID.problem("The statement is about something else.")


ANSWER: CheckTable[EvidenceCase] = CheckTable(
    [
        row("evidence_signature", statement_is_the_applications, "answer", "10.5-3 12.3-2.2"),
        row("evidence_subject", statement_is_about_the_request, "answer", "10.5-3"),
    ]
)
DEFENCES = frozenset(each.name for each in ANSWER.rows)
"""The rows that a training run may leave out."""


def _serving(case: EvidenceCase) -> list[PublicKey]:
    return [
        each.key
        for each in case.keys
        if isinstance(each.key, PublicKey)
        and each.status != "revoked"
        and each.not_before_ms <= case.now_ms < each.not_after_ms
    ]


class Comparison(NamedTuple):
    """How many calls ``EvidenceRequest`` says each of."""

    agreeing: int
    missing: int
    unknown: int
    contradicting: int

    @property
    def differing(self) -> int:
        return self.missing + self.unknown + self.contradicting

    @property
    def agrees(self) -> bool:
        return not self.differing


def compare(claims: Mapping[str, Any], asked: Set[str], outcomes_of: Outcomes) -> Comparison:
    """A statement beside the bank's records. PARAM_INVALID for claims of another form.

    1. Each call that the application tells of is in the bank's log, and ended there as it says.
    2. Each call that the bank asked about is told, but those to which no answer came.
    """
    told = _calls(claims)
    ours = outcomes_of(list(told))
    contradicting = sum(
        (code is None) != (ours[trace_id] is None)
        for trace_id, code in told.items()
        if trace_id in ours and code != _IN_DOUBT
    )
    unknown = len(told.keys() - ours.keys())
    missing = max(0, len(asked - told.keys()) - _number(claims.get("unanswered")))
    return Comparison(len(told) - unknown - contradicting, missing, unknown, contradicting)


def read(text: str) -> Statement:
    """PARAM_INVALID for what is no statement."""
    try:
        return read_statement(text)
    except ValueError as error:
        raise problems.PARAM_INVALID.problem(f"The statement cannot be read: {error}.") from error


def _calls(claims: Mapping[str, Any]) -> dict[str, str | None]:
    """Trace id -> code. PARAM_INVALID for what is no list of calls."""
    calls = claims.get("calls")
    if not isinstance(calls, list) or len(calls) > CALLS_MAX or not all(map(_is_call, calls)):
        raise problems.PARAM_INVALID.problem("calls is a list of [trace_id, api_id, code].")
    return {trace_id: code for trace_id, _, code in calls}


def _is_call(given: Any) -> bool:
    if not isinstance(given, list) or len(given) != 3:
        return False
    trace_id, api_id, code = given
    return isinstance(trace_id, str) and isinstance(api_id, str) and (code is None or isinstance(code, str))


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise problems.PARAM_INVALID.problem("unanswered is a whole number.")
    return value
