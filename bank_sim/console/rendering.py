"""How the console's pages leave the bank: rendered in the reader's language, under the narrow headers of all pages."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

from bank_sim.console.texts import TEXTS
from bank_sim.console.visit import Visit
from bank_sim.monitor import alarms
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import ROLES, proposals
from bank_sim.web import frame, page_headers


def page(visit: Visit, template: str, status: int = 200, **facts: Any) -> Response:
    """A page; ``facts`` are the template's variables. ``problem`` among them is shown as an alert."""
    words = TEXTS[visit.language]
    body = render_template(
        f"console/{template}.html",
        t=words,
        zh=visit.language == "zh",
        frame=frame("console", visit.language, visit.here, visit.weakened, visit.bank.faults.in_force(visit.now_ms)),
        here=visit.here,
        who=visit.colleague,
        may=ROLES[visit.colleague.role] if visit.colleague else frozenset(),
        csrf=visit.form_token(),
        now_ms=visit.now_ms,
        explain=lambda problem: explanation(problem, visit),
        done=words["done"].get(visit.asked("done")) if visit.request.method == "GET" else None,
        **(_counts(visit) if visit.colleague else {}),
        **facts,
    )
    return make_response(body, status)


def _counts(visit: Visit) -> dict[str, int]:
    """What waits for somebody, for the navigation."""
    standing = alarms.standing(visit.store)
    return {
        "open_alarms": sum(each.state == "open" for each in standing),
        "open_proposals": sum(each.state == "open" for each in proposals.listed(visit.store)),
    }


def error_page(visit: Visit, problem: Problem) -> Response:
    """Code, meaning, trace id; and a way on."""
    return page(visit, "error", problem.kind.status, problem=problem, trace_id=visit.trace_id)


def explanation(problem: Problem, visit: Visit) -> str:
    """The meaning of a refusal, with what it leaves the reader."""
    words = TEXTS[visit.language]
    meaning = problem.kind.title_zh if visit.language == "zh" else problem.kind.title
    if "retry_after_s" in problem.members:
        meaning += words["retry_after"].format(minutes=-(-problem.members["retry_after_s"] // 60))
    if "roles" in problem.members:
        meaning += words["roles_may"].format(
            roles=words["and"].join(words["role"][each] for each in problem.members["roles"])
        )
    if problem.detail and visit.language == "en":
        meaning += f" {problem.detail}"
    return meaning


def harden(visit: Visit, response: Response) -> Response:
    """The headers of every page: the console has one script of its own."""
    for name, value in page_headers(scripted=True).items():
        response.headers[name] = value
    if visit.refusal is not None and "retry_after_s" in visit.refusal.members:
        response.headers["Retry-After"] = str(visit.refusal.members["retry_after_s"])
    return response
