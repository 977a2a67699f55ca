"""The one way in which every page of the portal is served: visit, door, act, record, harden.

Every request leaves an access record, refused or not (JR/T 0185 7.3.3), with the application as soon as it is known.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Response, request

from bank_sim.audit import AccessRecord
from bank_sim.edge.failures import whereabouts
from bank_sim.edge.refusals import shown_path
from bank_sim.portal.premises import Premises
from bank_sim.portal.rendering import error_page, harden
from bank_sim.portal.visit import COOKIE, Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import refusal_of, see

Handler = Callable[..., Response]
SIGN_IN = "/sign-in"

_log = logging.getLogger("bank.portal")


def served(premises: Premises, column: str, api_id: str, handler: Handler) -> Callable[..., Response]:
    """The view function of a handler ``(visit, *what Flask gives) -> Response``, behind one column of the table."""

    def view(*given: Any, **parameters: str) -> Response:
        visit = Visit(
            premises,
            request,
            f"portal.{api_id}",
            here=_here(),
            secret=request.cookies.get(COOKIE),
            weakened=premises.bank.switches.weakened(),
        )
        try:
            _enter(visit, column)
            response = handler(visit, *given, **parameters)
        except Exception as error:
            visit.refusal = refusal_of(error, lambda defect: _log.error("%s %s", visit.trace_id, whereabouts(defect)))
            response = _refused(visit, visit.refusal)
        premises.bank.access_log.record(_record(visit, response.status_code))
        return harden(visit, response)

    return view


def _enter(visit: Visit, column: str) -> None:
    """Pages for developers demand a session; the others show one where there is one."""
    if column in ("developer", "form", "send"):
        visit.pass_the(column)
    elif visit.secret:
        try:
            visit.session = visit.premises.sessions.enter(visit.secret)
        except Problem:
            visit.session = None


def _refused(visit: Visit, problem: Problem) -> Response:
    """Who is not signed in is led to where one signs in."""
    if problem.kind in (problems.SESSION_REQUIRED, problems.SESSION_EXPIRED):
        return see(f"{SIGN_IN}?ended=1" if problem.kind is problems.SESSION_EXPIRED else SIGN_IN)
    return error_page(visit, problem)


def _here() -> str:
    """A page's own address; a form's page is the one that its handler names."""
    if request.method != "GET":
        return "/"
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _record(visit: Visit, status: int) -> AccessRecord:
    return AccessRecord(
        trace_id=visit.trace_id,
        at_ms=visit.premises.bank.clock.now_ms(),
        method=visit.request.method,
        path=shown_path(visit.request.path),
        source=visit.source,
        elapsed_us=(time.perf_counter_ns() - visit.received_ns) // 1000,
        status=status,
        result="failure" if visit.refusal else "success",
        app_id=visit.app_id,
        api_id=visit.api_id,
        code=visit.refusal.code if visit.refusal else None,
        weakened=" ".join(sorted(visit.weakened)),
    )
