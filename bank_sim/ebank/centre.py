"""The user's own door: log in with two factors, see every consent ever given, revoke one (JR/T 0185 9.3.2).

    GET  /login /factor /consents                 POST /login /code /factor /logout
    POST /consents/<consent_id>/revoke

Revoking takes effect at the next call of the application, in every worker. This module must not judge steps.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from bank_sim.consent import Consent
from bank_sim.ebank.asking import core, data_named
from bank_sim.ebank.one_time_text import code_text
from bank_sim.ebank.rendering import page, see
from bank_sim.ebank.visit import Visit
from bank_sim.identity import StepCase, first_unmet, require_all
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.sdk.protocol.problems import Problem

CONSENTS, LOGIN, FACTOR = "/consents", "/login", "/factor"


def show_login(visit: Visit) -> Response:
    """A fresh session for a fresh login form."""
    with visit.bank.store.write() as db:
        visit.secret = visit.bank.identity.sessions.open(db, "ebank")
    visit.enter()
    response = _login_page(visit)
    visit.set_cookie(response, visit.secret)
    return response


def log_in(visit: Visit) -> Response:
    """Password first; the code goes out at once, where a second factor is due."""
    session = visit.enter_by_form()
    try:
        visit.secret = visit.bank.identity.log_in(
            session, visit.form("login_name"), visit.request.form.get("password", ""), visit.source
        )
    except Problem as problem:
        visit.refusal = problem
        return _login_page(visit, problem)
    visit.enter()
    response = _send_code(visit)
    visit.set_cookie(response, visit.secret)
    return response


def show_factor(visit: Visit) -> Response:
    visit.enter()
    return _due(visit) or _factor_page(visit)


def send_code(visit: Visit) -> Response:
    visit.enter_by_form()
    return _send_code(visit)


def enter_code(visit: Visit) -> Response:
    visit.enter_by_form()
    try:
        visit.bank.identity.enter_code(_case(visit), visit.form("otp"))
    except Problem as problem:
        if problem.kind is problems.SESSION_REQUIRED:
            raise
        visit.refusal = problem
        return _factor_page(visit, problem)
    return see(CONSENTS)


def show_consents(visit: Visit) -> Response:
    visit.enter()
    if due := first_unmet(_case(visit), visit.weakened):
        step, visit.refusal = due
        return see(FACTOR if step == "second_factor" else LOGIN)
    entries = [_entry(visit, each) for each in visit.bank.consents.of_customer(visit.entered.customer_id or "")]
    return page(visit, "centre", entries=entries)


def revoke(visit: Visit, consent_id: str) -> Response:
    """The user withdraws a consent of their own."""
    visit.enter_by_form()
    require_all(_case(visit), visit.weakened)
    visit.consent_id = consent_id[:64]
    with visit.bank.store.write() as db:
        visit.bank.consents.revoke(db, consent_id, visit.entered.customer_id or "")
    return see(CONSENTS)


def log_out(visit: Visit) -> Response:
    session = visit.enter_by_form()
    with visit.bank.store.write() as db:
        visit.bank.identity.sessions.end(db, session)
    response = see(LOGIN)
    visit.set_cookie(response, None)
    return response


def front(visit: Visit) -> Response:
    """The bank's address without a path: the consents, by way of the login."""
    return see(CONSENTS if visit.request.cookies.get(visit.door) else LOGIN)


def _case(visit: Visit) -> StepCase:
    return StepCase(visit.entered)


def _due(visit: Visit) -> Response | None:
    """Where to go instead of the factor page; None where that is the one due."""
    due = first_unmet(_case(visit), visit.weakened)
    if due is None:
        return see(CONSENTS)
    return None if due[0] == "second_factor" else see(LOGIN)


def _send_code(visit: Visit) -> Response:
    if elsewhere := _due(visit):
        return elsewhere
    try:
        visit.bank.identity.send_code(_case(visit), code_text(visit, None))
    except Problem as problem:
        visit.refusal = problem
        return _factor_page(visit, problem)
    return see(FACTOR)


def _login_page(visit: Visit, problem: Problem | None = None) -> Response:
    return page(visit, "login", problem.kind.status if problem else 200, problem=problem, action="", app="")


def _factor_page(visit: Visit, problem: Problem | None = None) -> Response:
    return page(
        visit,
        "factor",
        problem.kind.status if problem else 200,
        problem=problem,
        action="",
        app="",
        phone=core(visit.bank, "customers.describe", "", visit.entered.customer_id)["phone_masked"],
        minutes=visit.bank.config.policy.otp_lifetime_s // 60,
    )


def _entry(visit: Visit, consent: Consent) -> dict[str, Any]:
    bank = visit.bank
    application = bank.registry.application(consent.app_id)
    refs = bank.consents.account_refs(consent.consent_id)
    listed = core(bank, "accounts.of_customer", "", consent.customer_id)["accounts"]
    return {
        "consent": consent,
        "app": application.name if application else consent.app_id,
        "accounts": [each["account_masked"] for each in listed if each["account_id"] in refs],
        "data": data_named(visit, consent),
        "uses": bank.access_log.uses_of(consent.consent_id),
        "used": format_fen(consent.used_fen) if consent.used_fen else "",
    }
