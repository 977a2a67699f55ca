"""The user's own door: log in with two factors, and out again (JR/T 0185 7.2.1 b, 9.3.1).

    GET  /login /factor      POST /login /code /choose /factor /logout

What lies behind it are the modules of the pages, which ask ``due_before`` first. This module must not judge steps.
"""

from __future__ import annotations

from flask import Response

from bank_sim.ebank.asking import core
from bank_sim.ebank.factors import address, factor_facts, prompt
from bank_sim.ebank.factors import take as take_factor
from bank_sim.ebank.keypad import login_facts, password_of
from bank_sim.ebank.one_time_text import code_text
from bank_sim.ebank.progress import progress
from bank_sim.ebank.rendering import page
from bank_sim.ebank.visit import Visit
from bank_sim.identity import StepCase, first_unmet, require_all
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import see

CONSENTS, LOGIN, FACTOR = "/consents", "/login", "/factor"


def show_login(visit: Visit) -> Response:
    """A fresh session for a fresh login form."""
    with visit.bank.store.write() as db:
        visit.secret = visit.bank.identity.sessions.open(db, "ebank", device=visit.device_sha256)
    visit.enter()
    response = _login_page(visit)
    visit.set_cookie(response, visit.secret)
    return response


def log_in(visit: Visit) -> Response:
    """Password first; the code goes out, or the phone is asked, at once, where a second factor is due."""
    session = visit.enter_by_form()
    try:
        login_name, password = visit.form("login_name"), password_of(visit)
        visit.secret = visit.bank.identity.log_in(session, login_name, password, visit.source) or visit.secret
    except Problem as problem:
        visit.refusal = problem
        return _login_page(visit, problem)
    visit.enter()
    response = _prompt(visit)
    visit.set_cookie(response, visit.secret)
    return response


def show_factor(visit: Visit) -> Response:
    visit.enter()
    return _due(visit) or _factor_page(visit)


def send_code(visit: Visit) -> Response:
    visit.enter_by_form()
    return _send_code(visit)


def choose(visit: Visit) -> Response:
    """Another way to verify was chosen."""
    visit.enter_by_form()
    return _prompt(visit)


def enter_code(visit: Visit) -> Response:
    visit.enter_by_form()
    try:
        take_factor(visit, case_of(visit))
    except Problem as problem:
        if problem.kind is problems.SESSION_REQUIRED:
            raise
        visit.refusal = problem
        return _factor_page(visit, problem)
    return see(CONSENTS)


def log_out(visit: Visit) -> Response:
    session = visit.enter_by_form()
    with visit.bank.store.write() as db:
        visit.bank.identity.sessions.end(db, session)
    response = see(LOGIN)
    visit.set_cookie(response, None)
    return response


def case_of(visit: Visit) -> StepCase:
    return StepCase(visit.entered)


def proven_customer(visit: Visit) -> str:
    """Who sends a form, with all the proofs that the pages behind the door ask for."""
    session = visit.enter_by_form()
    require_all(case_of(visit), visit.weakened)
    if session.customer_id is None:
        raise problems.SESSION_REQUIRED.problem()
    return session.customer_id


def due_before(visit: Visit) -> Response | None:
    """Where whoever has not shown all that is asked for goes first; None for whoever may come in."""
    due = first_unmet(case_of(visit), visit.weakened)
    if due is None:
        return None
    step, visit.refusal = due
    return see(FACTOR if step == "second_factor" else LOGIN)


def _due(visit: Visit) -> Response | None:
    """Where to go instead of the factor page; None where that is the one due."""
    due = first_unmet(case_of(visit), visit.weakened)
    if due is None:
        return see(CONSENTS)
    return None if due[0] == "second_factor" else see(LOGIN)


def _prompt(visit: Visit) -> Response:
    if elsewhere := _due(visit):
        return elsewhere
    try:
        prompt(visit, case_of(visit), None)
    except Problem as problem:
        visit.refusal = problem
        return _factor_page(visit, problem)
    return see(address(visit, FACTOR))


def _send_code(visit: Visit) -> Response:
    if elsewhere := _due(visit):
        return elsewhere
    try:
        visit.bank.identity.send_code(case_of(visit), code_text(visit, None))
    except Problem as problem:
        visit.refusal = problem
        return _factor_page(visit, problem)
    return see(address(visit, FACTOR))


def _login_page(visit: Visit, problem: Problem | None = None) -> Response:
    visit.shown_at = LOGIN
    return page(
        visit,
        "login",
        problem.kind.status if problem else 200,
        problem=problem,
        action="",
        app="",
        progress=progress("ebank", "password"),
        **login_facts(visit),
    )


def _factor_page(visit: Visit, problem: Problem | None = None) -> Response:
    visit.shown_at = address(visit, FACTOR)
    return page(
        visit,
        "factor",
        problem.kind.status if problem else 200,
        problem=problem,
        action="",
        app="",
        progress=progress("ebank", "second_factor"),
        phone=core(visit.bank, "customers.describe", "", visit.entered.customer_id)["phone_masked"],
        minutes=visit.bank.config.policy.otp_lifetime_s // 60,
        **factor_facts(visit, case_of(visit)),
    )
