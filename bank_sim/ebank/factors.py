"""The second factor on a page: which ways there are, which one is chosen, and what comes back of it.

One module for the login's page and the authorization's, so that both offer and take the same. Which factor suits
what, and whether it holds, identity decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response

from bank_sim.authorization import question_to_phone
from bank_sim.ebank.asking import Asking
from bank_sim.ebank.factor_texts import FACTOR_WORDS
from bank_sim.ebank.one_time_text import code_text
from bank_sim.ebank.visit import Visit
from bank_sim.identity import BEST_FIRST, FACTOR_KINDS, FactorKind, StepCase
from bank_sim.sdk.protocol import problems, strict_json

SCRIPT = "/ebank/second_factor.js"


@dataclass(frozen=True, slots=True)
class PhoneQuestion:
    """What the phone was asked, as the page shows it: ``state`` is waiting, approve, decline or expired."""

    number: str
    state: str


def factor_facts(visit: Visit, case: StepCase) -> dict[str, Any]:
    """What a page with a second factor on it is rendered with."""
    second, ways = visit.bank.identity.second, visit.bank.identity.second.offered(case)
    by = _by(visit, ways)
    return {
        "fw": FACTOR_WORDS[visit.language],
        "set_up_at": f"{visit.bank.config.pages_url}/security",
        "offers": ways,
        "by": by,
        "question": _question(visit) if by == "device_key" else None,
        "request": second.security_key_request(case) if by == "security_key" else "",
        "scripts": [SCRIPT] if by in ("device_key", "security_key") else [],
    }


def address(visit: Visit, path: str) -> str:
    """The page at ``path`` with the way that this form chose."""
    by = visit.form("by") or visit.request.args.get("by", "")
    return f"{path}?by={by}" if by in FACTOR_KINDS else path


def prompt(visit: Visit, case: StepCase, asked: Asking | None) -> None:
    """The step has become due, or another way was chosen: send the code, or ask the phone, where that is the way.

    FACTOR_NOT_ENROLLED for a way that is not this customer's.
    """
    identity = visit.bank.identity
    ways = identity.second.offered(case)
    if visit.form("by") not in ("", *ways):
        raise problems.FACTOR_NOT_ENROLLED.problem()
    by = _by(visit, ways)
    if by == "device_key":
        identity.second.ask_phone(case, question_to_phone(visit.language, asked))
    elif by == "sms_code":
        identity.send_code(case, code_text(visit, asked))


def take(visit: Visit, case: StepCase) -> None:
    """Take what the form brings of a second factor. A form that brings none changes nothing."""
    identity = visit.bank.identity
    by = visit.form("by")
    if by == "device_key":
        identity.second.take_approval(case)
    elif by == "totp" and visit.form("totp"):
        identity.second.enter_time_code(case, visit.form("totp"))
    elif by == "security_key" and visit.form("security_key"):
        identity.second.enter_security_key(case, visit.form("security_key"))
    elif visit.form("otp"):
        identity.enter_code(case, visit.form("otp"))


def question_state(visit: Visit) -> Response:
    """``GET …/approval``: how the phone's question stands, for the page's script. ``{"state": …}``."""
    visit.enter()
    question = _question(visit)
    body = strict_json.dump({"state": question.state if question else "expired"})
    response = make_response(body, 200)
    response.mimetype = "application/json"
    return response


def _question(visit: Visit) -> PhoneQuestion | None:
    approval = visit.bank.identity.second.approvals.of_visit(visit.entered.visit_id)
    return PhoneQuestion(approval.number, approval.state) if approval else None


def _by(visit: Visit, ways: list[FactorKind]) -> FactorKind | None:
    """The way chosen in this form or address; otherwise the best that the customer has set up. None: there is none."""
    wanted = visit.form("by") or visit.request.args.get("by", "")
    chosen = (each for each in ways if each == wanted)
    return next(chosen, next((each for each in BEST_FIRST if each in ways), None))
