"""How the portal's pages leave the bank: rendered in the visitor's language, under the narrow headers of all pages."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, make_response, render_template
from markupsafe import Markup, escape

from bank_sim.portal.texts import TEXTS
from bank_sim.portal.visit import Visit
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import frame, page_headers


def page(visit: Visit, template: str, status: int = 200, **facts: Any) -> Response:
    """A page; ``facts`` are the template's variables. ``problem`` among them is shown as an alert."""
    bank = visit.premises.bank
    body = render_template(
        f"portal/{template}.html",
        t=TEXTS[visit.language],
        zh=visit.language == "zh",
        frame=frame(
            "portal",
            visit.language,
            visit.here,
            bank.shown(visit.weakened),
            bank.faults.in_force(bank.clock.now_ms()),
        ),
        discreet=bank.config.discreet,
        here=visit.here,
        csrf=visit.form_token() if visit.session else "",
        session=visit.session,
        aids=bank.config.aids,
        explain=lambda problem: explanation(problem, visit.language),
        **facts,
    )
    return make_response(body, status)


def error_page(visit: Visit, problem: Problem) -> Response:
    """Code, meaning, what to mend, trace id; and a way on."""
    return page(visit, "error", problem.kind.status, problem=problem, trace_id=visit.trace_id)


def explanation(problem: Problem, language: str) -> str:
    """The meaning of a refusal, with what the bank adds to it."""
    words = TEXTS["zh" if language == "zh" else "en"]
    meaning = problem.kind.title_zh if language == "zh" else problem.kind.title
    if "retry_after_s" in problem.members:
        meaning += words["retry_after"].format(seconds=problem.members["retry_after_s"])
    return meaning


def inline(text: str) -> Markup:
    """A line of the handbook's tables: what stands between backticks becomes code, everything else is text."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped right here


def harden(visit: Visit, response: Response) -> Response:
    """The headers of every page: the portal has one script of its own, which copies texts."""
    targets = [visit.premises.bank.config.pages_url]
    for name, value in page_headers(scripted=True, form_targets=targets).items():
        response.headers[name] = value
    if visit.refusal is not None and "retry_after_s" in visit.refusal.members:
        response.headers["Retry-After"] = str(visit.refusal.members["retry_after_s"])
    return response
