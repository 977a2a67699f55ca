"""The embedded form as the user sees it: a page of the bank in a frame of an application's page.

It shows the payment as the bank has it and takes password and code on the keypad; what is sealed goes to the page
around it, and to no other origin. No cookie takes part: the address names the session. It takes no form itself: what
the application relays arrives at the authorization server.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from bank_sim.authorization import RISK_NOTICE_VERSION, Asking, asked_of, core
from bank_sim.authorization.embedded import PATH, framing_origin, keypad_place, session_of_frame
from bank_sim.ebank.embedded_texts import WORDS
from bank_sim.ebank.keypad import offered, script
from bank_sim.ebank.keypad_texts import WORDS as KEYPAD_WORDS
from bank_sim.ebank.rendering import page
from bank_sim.ebank.visit import Visit
from bank_sim.identity import Session, first_unmet
from bank_sim.identity.keypad import PASSWORD_DIGITS
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import Language

__all__ = ["PATH", "refused", "show"]

_SPOKEN: dict[str, Language] = {"zh": "zh", "en": "en"}


def show(visit: Visit) -> Response:
    """``GET /embedded?frame=…&lang=zh|en``: the step that is due. Framed by the application's own origin only."""
    session = _enter(visit)
    asked = asked_of(visit.bank, session)
    due = first_unmet(asked.case, visit.weakened)
    step = due[0] if due else "agreement"
    place = keypad_place(session, step)
    if place is None and due is not None:
        raise due[1]
    if place is None:
        raise AssertionError("a step without keypad and without refusal")
    code_digits = 0 if asked.case.needs_key else visit.bank.config.policy.otp_digits
    digits = {"password": PASSWORD_DIGITS, "second_factor": code_digits}.get(step, 0)
    keypad = offered(visit, place, digits, parent=framing_origin(session))
    address = script(visit.bank.keypads.suite)
    return page(
        visit,
        "embedded",
        scripts=[address] if address else [],
        keypad=keypad,
        step=step,
        **_phone(visit, asked, step),
        **_facts(visit, asked),
    )


def refused(visit: Visit, problem: Problem) -> Response:
    """The refusal, in the frame where there is one to show it in."""
    return page(visit, "embedded_end", problem.kind.status, problem=problem, fw=WORDS[visit.language])


def _enter(visit: Visit) -> Session:
    visit.spoken = _SPOKEN.get(visit.request.args.get("lang", ""))
    visit.session = session = session_of_frame(visit.bank, visit.request.args.get("frame", ""))
    visit.framed_by = framing_origin(session) or None
    if session.request is not None:
        visit.app_id, visit.consent_id = session.request.app_id, session.request.consent_id
    return session


def _phone(visit: Visit, asked: Asking, step: str) -> dict[str, Any]:
    """Whether the user may confirm on their phone instead, and the question that it shows now."""
    second = visit.bank.identity.second
    if step != "second_factor" or "device_key" not in second.offered(asked.case):
        return {"by_phone": False, "needs_key": step == "second_factor" and asked.case.needs_key}
    question = second.approvals.of_visit(visit.entered.visit_id)
    waiting = question if question and question.state == "waiting" else None
    return {"by_phone": True, "needs_key": asked.case.needs_key, "question": waiting}


def _facts(visit: Visit, asked: Asking) -> dict[str, Any]:
    payer = core(visit.bank, "customers.describe", "", asked.case.payer_id)
    return {
        "asked": asked,
        "risks": [each.told(visit.language) for each in asked.risks],
        "app": asked.application.name_in(visit.language),
        "fw": WORDS[visit.language],
        "keypad_words": KEYPAD_WORDS[visit.language],
        "notice_version": RISK_NOTICE_VERSION,
        "phone": payer["phone_masked"],
        "spoken": visit.language,
    }
