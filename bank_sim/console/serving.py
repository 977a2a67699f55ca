"""The one way in which every page of the console is served: who asks, whether they may, act, record, harden.

A refused look at what a role may not see stands in the staff's journal, not only in the access log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from bank_sim.audit import AccessRecord
from bank_sim.console.premises import Premises
from bank_sim.console.rendering import error_page, harden
from bank_sim.console.visit import Visit
from bank_sim.edge.failures import whereabouts
from bank_sim.edge.refusals import shown_path
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import refusal_of, see

Handler = Callable[..., Response]
LOGIN = "/login"

_log = logging.getLogger("bank.console")


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page. ``permission``: what the role must have to look; "" where the handler asks, None where nobody need be.

    ``refreshes``: the page asks for itself every few seconds; it keeps no session awake, and only its refusals are
    recorded.
    """

    method: str
    path: str
    api_id: str
    permission: str | None
    handler: Handler
    refreshes: bool = False


def served(premises: Premises, row: PageRow) -> Callable[..., Response]:
    """The view function of a page's handler ``(visit, *what Flask gives) -> Response``."""

    def view(*given: Any, **parameters: Any) -> Response:
        visit = Visit(premises, request, row.api_id, _here(), weakened=premises.bank.switches.weakened())
        try:
            if row.permission is not None:
                _let_in(visit, row)
            response = row.handler(visit, *given, **parameters)
        except Exception as error:
            visit.refusal = refusal_of(error, lambda defect: _log.error("%s %s", visit.trace_id, whereabouts(defect)))
            response = _refused(visit, visit.refusal)
        if visit.refusal or not row.refreshes:
            premises.bank.access_log.record(_record(visit, response.status_code))
        return harden(visit, response)

    return view


def _let_in(visit: Visit, row: PageRow) -> None:
    visit.enter(awake=not row.refreshes)
    if row.method == "POST":
        visit.require_form()
    if not row.permission:
        return
    try:
        visit.require(row.permission, "look")
    except Problem as problem:
        with visit.store.write() as db:
            visit.note(db, "look", row.permission, result=problem.code)
        raise


def _refused(visit: Visit, problem: Problem) -> Response:
    """Who is not logged in is led to the login, and from there back."""
    if problem.kind not in (problems.SESSION_REQUIRED, problems.SESSION_EXPIRED):
        return error_page(visit, problem)
    asked = {"to": visit.here} if visit.here != "/" else {}
    asked |= {"ended": "1"} if problem.kind is problems.SESSION_EXPIRED else {}
    return see(f"{LOGIN}?{urlencode(asked)}" if asked else LOGIN)


def _here() -> str:
    """A page's own address. A form's page has that of the page that shows the form: the same path, by GET."""
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _record(visit: Visit, status: int) -> AccessRecord:
    return AccessRecord(
        trace_id=visit.trace_id,
        at_ms=visit.bank.clock.now_ms(),
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
