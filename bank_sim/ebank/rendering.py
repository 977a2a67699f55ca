"""How the pages leave the bank: rendered, in the user's language, under headers that give the browser no leeway.

Nothing inline, nothing from elsewhere, no frames (JR/T 0185 10.2.2: no disguised consent), nothing kept by caches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, make_response, render_template

from bank_sim.ebank.aids import SCRIPT as AIDS_SCRIPT
from bank_sim.ebank.aids import aids_for
from bank_sim.ebank.framing import REPORTS, is_framable
from bank_sim.ebank.texts import TEXTS
from bank_sim.ebank.visit import AUTHORIZE, EBANK, Visit
from bank_sim.identity import StepCase, first_unmet
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import frame, origin_of, page_headers

_NOT_LOGGED_IN = frozenset({problems.SESSION_REQUIRED, problems.SESSION_EXPIRED})
# Where a customer who is logged in can go, as the masthead offers it.
_WAYS = (("/consents", "nav_centre"), ("/services", "nav_services"), ("/security", "security"))


def page(visit: Visit, template: str, status: int = 200, scripts: Sequence[str] = (), **facts: Any) -> Response:
    """A page; ``facts`` are the template's variables. ``problem`` among them is shown as an alert.

    ``scripts``: files of ``bank_sim.sdk.browser`` such as ``built/keypad.js``, or addresses of ``/ebank/…``. Without
    any, the page's headers forbid scripts altogether.
    """
    words = TEXTS[visit.language]
    aids = aids_for(visit, template)
    if aids is not None and aids.people:
        scripts = (*scripts, AIDS_SCRIPT)
    visit.scripted = bool(scripts)
    body = render_template(
        f"{template}.html",
        t=words,
        frame=frame("bank", visit.language, visit.here, visit.bank.shown(visit.weakened)),
        scripts=scripts,
        aids=aids,
        signed_in=_signed_in(visit),
        ways=[(path, words[name]) for path, name in _WAYS],
        authorizing=visit.door == AUTHORIZE,
        csrf=visit.form_token() if visit.secret else "",
        explain=lambda problem: explanation(problem, words, visit.language),
        **facts,
    )
    return make_response(body, status)


def back_to_application(visit: Visit, **answer: str) -> str:
    """The application's redirect URI with the authorization answer, ``state`` and ``iss`` (RFC 6749, RFC 9207)."""
    asked = visit.entered.request
    if asked is None:
        raise AssertionError("no application to go back to")
    if asked.state is not None:
        answer["state"] = asked.state
    answer["iss"] = visit.bank.config.gateway_url
    return asked.redirect_uri + ("&" if urlsplit(asked.redirect_uri).query else "?") + urlencode(answer)


def error_page(visit: Visit, problem: Problem) -> Response:
    """Code, meaning, trace id; and a way on where there is one."""
    session = visit.session
    way_back = None
    if session is not None and session.request is not None:
        way_back = back_to_application(visit, error="access_denied", error_description=problem.code)
    application = visit.bank.registry.application(visit.app_id) if visit.app_id else None
    return page(
        visit,
        "error",
        problem.kind.status,
        problem=problem,
        trace_id=visit.trace_id,
        way_back=way_back,
        log_in="/login" if problem.kind in _NOT_LOGGED_IN else None,
        home="/" if visit.door == EBANK else None,
        app=application.name_in(visit.language) if application else "",
    )


def explanation(problem: Problem, words: dict[str, str], language: str) -> str:
    """The meaning of a refusal for the user, with what it leaves them."""
    meaning = problem.kind.title_zh if language == "zh" else problem.kind.title
    if problem.kind is problems.CONSENT_REQUIRED:
        meaning = words["choose_one"]
    if problem.kind is problems.API_SERVICES_CLOSED:
        meaning = words["closed_by_you"]
    if problem.kind is problems.API_NOT_FOUND:
        meaning = words["no_page"]
    if "retry_after_s" in problem.members:
        meaning += " " + words["retry_after"].format(seconds=problem.members["retry_after_s"])
    if "tries_left" in problem.members:
        meaning += " " + words["tries_left"].format(tries=problem.members["tries_left"])
    return meaning


def harden(visit: Visit, response: Response) -> Response:
    """The headers of every page. Forms may lead to this bank and, in an authorization, back to the application."""
    targets: tuple[str, ...] = ()
    if visit.session is not None and visit.session.request is not None and visit.framed_by is None:
        # Chromium holds the redirect after a form against form-action as well.
        targets = (origin_of(visit.session.request.redirect_uri),)
    if visit.refusal is not None and "retry_after_s" in visit.refusal.members:
        response.headers["Retry-After"] = str(visit.refusal.members["retry_after_s"])
    response.headers.update(
        page_headers(
            scripted=visit.scripted,
            form_targets=targets,
            framed_by=visit.framed_by,
            framable=visit.framed_by is None and is_framable(visit.weakened),
            report_to=REPORTS,
        )
    )
    return response


def _signed_in(visit: Visit) -> bool:
    """Whether the visitor has shown all that the bank's own pages ask for: then they offer their ways on."""
    session = visit.session
    return session is not None and session.column == "ebank" and first_unmet(StepCase(session), visit.weakened) is None
