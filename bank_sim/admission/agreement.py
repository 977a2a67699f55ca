"""The cooperation agreement as data: what it settles, its exact text, both signatures (JR/T 0185 9.1.1 c, 12.2).

It is drawn up from what the applicant asked for and the review approved, never wider. Its fields are what the bank goes
by afterwards: interfaces are granted from it, volumes are compared with it. Both sides sign the SM3 of its bytes.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bank_sim.admission.questionnaire import Questionnaire
from bank_sim.admission.terms import CLAUSES, TEMPLATE_VERSION
from bank_sim.sdk.admission import AGREEMENT_TYP
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.statements import read_statement
from bank_sim.sdk.protocol.suites import digest


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """One agreement. ``apis``: API_ID and why; ``clauses``: id, then English and Chinese; ``until_ms``: its end."""

    template: str
    case_id: str
    company: str
    credit_code: str
    scene: str
    apis: dict[str, str]
    calls_day: int
    calls_minute: int
    calls_second: int = 0
    calls_concurrent: int = 0
    integration_mode: str
    until_ms: int
    clauses: dict[str, tuple[str, str]]


def draw_up(case_id: str, company: str, credit_code: str, form: Questionnaire, until_ms: int) -> Agreement:
    """What both sides are to sign: the interfaces asked for, each with its reason, and all clauses."""
    return Agreement(
        template=TEMPLATE_VERSION,
        case_id=case_id,
        company=company,
        credit_code=credit_code,
        scene=form.described.get("scene", ""),
        apis=dict(sorted(form.apis.items())),
        calls_day=form.calls_day,
        calls_minute=form.calls_minute,
        calls_second=form.calls_second,
        calls_concurrent=form.calls_concurrent,
        integration_mode=form.integration_mode,
        until_ms=until_ms,
        clauses=CLAUSES,
    )


def text_of(agreement: Agreement) -> bytes:
    """The bytes that are signed: JSON in UTF-8, without white space between its tokens."""
    return msgspec.json.encode(agreement)


def read_agreement(text: bytes) -> Agreement:
    return msgspec.json.decode(text, type=Agreement)


def sm3_of(text: bytes) -> str:
    return digest("gm", text).hex()


def require_complete(agreement: Agreement) -> None:
    """It settles everything that 9.1.1 c and 12.2 name: AGREEMENT_INCOMPLETE with what is missing."""
    gaps = [each for each in CLAUSES if not all(agreement.clauses.get(each, ("", "")))]
    gaps += [name for name in ("scene", "apis", "integration_mode") if not getattr(agreement, name)]
    gaps += [name for name in ("calls_day", "calls_minute") if getattr(agreement, name) <= 0]
    gaps += [each for each, why in agreement.apis.items() if not why]
    if gaps:
        raise problems.AGREEMENT_INCOMPLETE.problem(f"Missing: {', '.join(gaps)}.", missing=gaps)


def require_signed(text: bytes, case_id: str, key: PublicKey, signature: str) -> None:
    """The statement signs exactly this text with exactly this key: AGREEMENT_UNSIGNED."""
    try:
        statement = read_statement(signature)
    except ValueError as error:
        raise problems.AGREEMENT_UNSIGNED.problem(f"The signature cannot be read: {error}.") from error
    said: dict[str, Any] = {"case_id": case_id, "agreement_sm3": sm3_of(text)}
    if statement.typ != AGREEMENT_TYP or dict(statement.claims) != said or not statement.is_by(key):
        raise problems.AGREEMENT_UNSIGNED.problem("It signs another text, or with another key.")
