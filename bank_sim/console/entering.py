"""The staff's door: login and logout. Who logs in, and who fails to, stands in the journal."""

from __future__ import annotations

from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import local_target, see


def show_login(visit: Visit) -> Response:
    """A fresh session for a fresh form."""
    with visit.store.write() as db:
        secret = visit.premises.desk.sessions.open(db)
    visit.secret = secret
    response = _login_page(visit)
    visit.set_cookie(response, secret)
    return response


def log_in(visit: Visit) -> Response:
    """On to where the visitor wanted to go."""
    session = visit.premises.desk.sessions.glance(visit.secret)
    visit.require_form()
    login_name = visit.form("login_name")[:64]
    try:
        visit.colleague, secret = visit.premises.desk.log_in(
            session, login_name, visit.request.form.get("password", ""), visit.source
        )
    except Problem as problem:
        visit.refusal = problem
        with visit.store.write() as db:
            visit.note(db, "log_in", "-", result=problem.code)
        return _login_page(visit, problem)
    with visit.store.write() as db:
        visit.note(db, "log_in", visit.who.login_name)
    response = see(local_target(visit.asked("to")))
    visit.set_cookie(response, secret)
    return response


def log_out(visit: Visit) -> Response:
    with visit.store.write() as db:
        if visit.session is not None:
            visit.premises.desk.sessions.end(db, visit.session)
        visit.note(db, "log_out", visit.who.login_name)
    response = see("/login")
    visit.set_cookie(response, None)
    return response


def _login_page(visit: Visit, problem: Problem | None = None) -> Response:
    if problem is None and visit.asked("ended"):
        problem = problems.SESSION_EXPIRED.problem()
    return page(
        visit,
        "login",
        problem.kind.status if visit.refusal and problem else 200,
        problem=problem,
        aids=visit.bank.config.aids,
    )
