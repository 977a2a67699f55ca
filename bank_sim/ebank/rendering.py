"""How the pages leave the bank: rendered, in the user's language, under headers that give the browser no leeway.

Nothing inline, nothing from elsewhere, no frames (JR/T 0185 10.2.2: no disguised consent), nothing kept by caches.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, make_response, redirect, render_template

from bank_sim.ebank.texts import TEXTS
from bank_sim.ebank.visit import EBANK, Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem

# RFC 6454 section 6.2, of RFC 3986 hosts only those without percent-encoding and sub-delims (";" and "," among them).
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def page(visit: Visit, template: str, status: int = 200, **facts: Any) -> Response:
    """A page; ``facts`` are the template's variables. ``problem`` among them is shown as an alert."""
    words = TEXTS[visit.language]
    body = render_template(
        f"{template}.html",
        t=words,
        language={"zh": "zh-CN", "en": "en"}[visit.language],
        csrf=visit.form_token() if visit.secret else "",
        explain=lambda problem: explanation(problem, words, visit.language),
        **facts,
    )
    return make_response(body, status)


def see(location: str) -> Response:
    """After a form: look there now (303), so that a reload repeats nothing."""
    response = redirect(location, 303)
    if not isinstance(response, Response):
        raise AssertionError("flask redirects with its own responses")
    return response


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
        log_in="/login" if visit.door == EBANK else None,
        app=application.name if application else "",
    )


def explanation(problem: Problem, words: dict[str, str], language: str) -> str:
    """The meaning of a refusal for the user, with what it leaves them."""
    meaning = problem.kind.title_zh if language == "zh" else problem.kind.title
    if problem.kind is problems.CONSENT_REQUIRED:
        meaning = words["choose_one"]
    if "retry_after_s" in problem.members:
        meaning += " " + words["retry_after"].format(seconds=problem.members["retry_after_s"])
    if "tries_left" in problem.members:
        meaning += " " + words["tries_left"].format(tries=problem.members["tries_left"])
    return meaning


def origin_of(uri: str) -> str:
    """``scheme://host[:port]`` of a web address, "" unless every character is one that a host and a port are made of.

    So it cannot end the directive it stands in, whoever wrote the address.
    """
    parts = urlsplit(uri)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else ""


def harden(visit: Visit, response: Response) -> Response:
    """The headers of every page. Forms may lead to this bank and, in an authorization, back to the application."""
    targets = "'self'"
    if visit.session is not None and visit.session.request is not None:
        # Chromium holds the redirect after a form against form-action as well.
        targets = " ".join(filter(None, (targets, origin_of(visit.session.request.redirect_uri))))
    if visit.refusal is not None and "retry_after_s" in visit.refusal.members:
        response.headers["Retry-After"] = str(visit.refusal.members["retry_after_s"])
    response.headers.update(
        {
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none';"
                f" form-action {targets}"
            ),
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
            "Cache-Control": "no-store",
            "Vary": "Accept-Language, Cookie",
        }
    )
    return response
